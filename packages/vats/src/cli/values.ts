import { InvalidArgumentError } from 'commander';

/** How many, as an option says it. */
export function countArgument(text: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(text)) throw new InvalidArgumentError('give a whole number from 1 on.');
  return Number(text);
}
