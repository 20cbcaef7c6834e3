/** One fault, made on purpose: a text of a file and what it becomes. The text must be there exactly once. */
export interface Mutation {
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

type Fault = (file: string, what: string, from: string, to: string) => Mutation;

const within =
  (folder: string): Fault =>
  (file, what, from, to) => ({ file: `packages/${folder}/${file}.ts`, what, from, to });

export const routing = within('pbx/src/routing');
export const spending = within('pbx/src/spending');
export const calls = within('calls/src');
