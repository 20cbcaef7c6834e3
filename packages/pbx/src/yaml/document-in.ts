import type { Steps } from '@vats/kernel';
import { Composer, type CST, type Document, Lexer, type LineCounter, Parser, YAMLParseError } from 'yaml';

const OPTIONS = { prettyErrors: false, stringKeys: true } as const;
/** Some milliseconds of work. */
const LEXEMES_A_STEP = 2_000;

/** What `parseDocument` of yaml does, in steps: most of the time goes into cutting the text and finding its structure. */
export function* documentIn(text: string, lines: LineCounter): Steps<Document> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const tokens: CST.Token[] = [];
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (++lexemes % LEXEMES_A_STEP === 0) yield;
  }
  for (const token of parser.end()) tokens.push(token);
  yield;
  const [document, second] = new Composer(OPTIONS).compose(tokens, true, text.length);
  if (document === undefined) throw new Error('yaml: a document was asked for whatever the text holds');
  if (second !== undefined) {
    const [start, end] = second.range;
    document.errors.push(new YAMLParseError([start, end], 'MULTIPLE_DOCS', 'a second document begins'));
  }
  return document;
}
