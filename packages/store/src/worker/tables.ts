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
    /** The whole CallRecord, in JSON. */
    record: string;
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
}
