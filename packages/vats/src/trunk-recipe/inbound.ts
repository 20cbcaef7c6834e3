import type { RecipeFacts, RecipeSection } from './facts.ts';

/** FreePBX's inbound routes for what calls come as. */
export function inboundSection({ extension, did, number }: RecipeFacts): RecipeSection {
  const byNumber = did === 'contact' ? [] : [`DID Number  ${number ?? '+7... (a number that leads to the PBX)'}`];
  return {
    side: 'pbx',
    title: 'Connectivity > Inbound Routes, one for each',
    text: [`DID Number  ${extension}`, ...byNumber, ''].join('\n'),
  };
}
