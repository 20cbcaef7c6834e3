import type { Domain } from '@vats/pbx';

/** What a recipe is written for: a FreePBX by its older or its newer channel driver, or an Asterisk whose files are edited by hand. */
export const RECIPES = ['freepbx-chan_sip', 'freepbx-pjsip', 'asterisk-pjsip'] as const;
export type RecipeKind = (typeof RECIPES)[number];

/** One thing to write, in one place. */
export interface RecipeSection {
  readonly side: 'pbx' | 'vats';
  /** Where it is written, for a person. */
  readonly title: string;
  /** The file of Asterisk's in which it stands in the end; absent where it is a form's fields or words. */
  readonly file?: string;
  readonly text: string;
}

/** Both sides' settings for a PBX that registers here. The password is in none of them. */
export interface TrunkRecipe {
  readonly account: string;
  readonly domain: string;
  readonly for: RecipeKind;
  /** What stands where the password belongs. */
  readonly placeholder: string;
  readonly sections: readonly RecipeSection[];
}

/** What a recipe is made of. */
export interface RecipeFacts {
  readonly domain: Pick<Domain, 'name'>;
  /** The PBX's account and the extension of its user. */
  readonly login: string;
  readonly extension: string;
  readonly did: 'request-uri' | 'to' | 'contact';
  /** One of the domain's numbers that leads to the PBX, as the PBX sees it; undefined where none does. */
  readonly number: string | undefined;
  /** Calls at once that the account may have; any number where undefined. */
  readonly calls: number | undefined;
  /** Where the PBX reaches us by UDP. */
  readonly server: { readonly host: string; readonly port: number };
}

/** The trunk's name at the PBX. */
export const peerName = ({ login }: RecipeFacts): string => `vats-${login}`;

/** Stands for the password, which nobody but its owner has: we keep digests of it. */
export const placeholderOf = ({ login }: RecipeFacts): string => `PASSWORD-OF-${login}`;

/** Seconds that the PBX asks its registration to last: what we grant behind a NAT, too. */
export const EXPIRES = 300;
/** Seconds between two OPTIONS of the PBX. */
export const QUALIFY = 60;
