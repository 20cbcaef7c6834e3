import { type Domain, findRegion, readRegionPart } from '@vats/pbx';

/** The domain's own regions that a number (E.164) is in. */
export function regionsOf({ settings }: Domain, number: string): string[] {
  return Object.entries(settings.regions ?? {}).flatMap(([name, parts]) =>
    parts.some((part) => readRegionPart(part)?.(number) === true) ? [name] : [],
  );
}

/** Where a domain's numbers tell callers apart by a region of the numbering register. */
export function regionsUsed({ settings, numbers }: Domain): { readonly number: string; readonly region: string }[] {
  return numbers.flatMap(({ number, byCaller = [] }) =>
    byCaller.flatMap(({ region }) =>
      region === undefined || findRegion(settings.regions, region) !== undefined ? [] : [{ number, region }],
    ),
  );
}
