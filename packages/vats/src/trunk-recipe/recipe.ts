import { chanSipSections } from './chan-sip.ts';
import { placeholderOf, type RecipeFacts, type RecipeKind, type TrunkRecipe } from './facts.ts';
import { ourSections } from './our-side.ts';
import { asteriskPjsipSections, freepbxPjsipSections } from './pjsip.ts';

/** Makes the recipe. Pure: the same facts, the same text. */
export function trunkRecipe(kind: RecipeKind, facts: RecipeFacts): TrunkRecipe {
  const theirs = {
    'freepbx-chan_sip': chanSipSections,
    'freepbx-pjsip': freepbxPjsipSections,
    'asterisk-pjsip': asteriskPjsipSections,
  }[kind];
  return {
    account: facts.login,
    domain: facts.domain.name,
    for: kind,
    placeholder: placeholderOf(facts),
    sections: [...ourSections(kind, facts), ...theirs(facts)],
  };
}
