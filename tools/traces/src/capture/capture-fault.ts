/** What is wrong with a capture file, where: the file, and the octet that the fault was found at. */
export class CaptureFault extends Error {
  readonly file: string;
  readonly offset: number;

  constructor(file: string, offset: number, what: string) {
    super(`${file}: octet ${offset}: ${what}`);
    this.name = 'CaptureFault';
    this.file = file;
    this.offset = offset;
  }
}
