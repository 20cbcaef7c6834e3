import type { Domain } from '@vats/pbx';
import type { PbxModel } from '../pbx-model.ts';
import { ControlError } from './control-server.ts';

/** The domain of that name; the only one there is where none is given. @throws ControlError that says which there are */
export function theDomain(model: PbxModel, name: string | undefined): Domain {
  const domain = model.domainNamed(name);
  if (domain !== undefined) return domain;
  const names = model.directory.model.domains.map((each) => each.name).join(', ');
  throw new ControlError(
    404,
    name === undefined
      ? `there are several domains: name one of ${names} with --domain`
      : `there is no domain ${name}: name one of ${names}`,
  );
}
