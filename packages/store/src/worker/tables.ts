/** What the database holds. JSON columns are text; times are milliseconds since the epoch. */
export interface Tables {
  meta: { name: string; value: Uint8Array };
  domains: {
    id: string;
    position: number;
    name: string;
    realm: string;
    managed_by: string;
    /** JSON, in the form of a PBX file. */
    settings: string;
    settings_by: string;
  };
  /**
   * Users, groups, trunks, numbers, schemes: one row each, its document as the PBX file would say it. Nobody looks into
   * them with SQL: the whole model is read at the start and lives in memory, and its shape is the schema's affair alone.
   */
  objects: {
    domain: string;
    list: string;
    key: string;
    position: number;
    managed_by: string;
    document: string;
    /** The document's secrets, sealed. */
    secret: Uint8Array | null;
  };
  applied_files: { name: string; hash: string; applied_at: number };
  /** A registration as the registrar describes it, in JSON. */
  bindings: { id: string; domain: string; login: string; expires_at: number; document: string };
  calls: {
    id: string;
    domain: string;
    started_at: number;
    ended_at: number;
    outcome: string;
    /** A CallSummary, in JSON. */
    record: string;
    /** `classOf` the call. */
    class: number;
    /** Its rows in `call_parties`: kind and key of each, in JSON. */
    parties: string;
    /** What a CallRecord has beyond its summary, in JSON. Last, so that a look at the list need not read it. */
    story: string;
  };
  /** Calls that are up: a CallRecord as far as each has come, in JSON. */
  open_calls: { id: string; record: string };
  /**
   * Under what a call is found, beside its domain and time: a row for each number, employee and group in it. The class stands
   * before the time, so that whatever kind of calls is looked for, a page of them is one stretch of the key.
   */
  call_parties: {
    domain: string;
    kind: string;
    key: string;
    class: number;
    started_at: number;
    call_id: string;
  };
  /** Every number that some call has, by its digits from the last to the first: for a search by a number's end. */
  call_numbers: { domain: string; reversed: string; number: string };
  /** The last conversation of each outside number with one of ours, for each direction. */
  conversations: {
    domain: string;
    number: string;
    direction: string;
    extension: string;
    ended_at: number;
    call_id: string;
  };
  recordings: {
    id: string;
    call_id: string;
    domain: string;
    path: string;
    caller: string;
    callee: string;
    started_at: number;
    duration_ms: number | null;
    state: string;
    error: string | null;
  };
  /** Who is shut out, and for some days who was. `user` is null where the whole network is, `until` where only an operator ends it. */
  bans: {
    id: string;
    network: string;
    user: string | null;
    since: number;
    until: number | null;
    offence: number;
    made_by: string;
    reason: string;
  };
  /** Where accounts were used from. */
  places: {
    domain: string;
    login: string;
    address: string;
    country: string | null;
    first_seen: number;
    last_seen: number;
    uses: number;
  };
  /** What a subject used in one minute: milliseconds of its beginning, and of talk; money in its parts. */
  spending_minute: {
    subject: string;
    costly: number;
    minute: number;
    calls: number;
    talk_ms: number;
    money: number;
  };
  /** What calls that are up may yet use; whom it counts against in JSON. */
  spending_held: { call: string; subjects: string; costly: number; talk_ms: number; money: number };
  /** A rate table in parts, each some thousands of rates in JSON; `name` is its trunk's, empty for the domain's own. */
  rates: { domain: string; name: string; part: number; document: string };
  /** Who has which number outside; empty text for what is not known of them. */
  contacts: { domain: string; number: string; name: string; extension: string };
  /** Messages in mailboxes: a VoiceMessage each, in JSON. */
  messages: { id: string; document: string };
  /** What a mailbox has of its own: a MailboxEntry, in JSON. */
  mailboxes: { domain: string; box: string; document: string };
  /** The numbering register in parts: the first says what it is made of, each other has thousands of ranges, in JSON. */
  numbering: { part: number; document: string };
}
