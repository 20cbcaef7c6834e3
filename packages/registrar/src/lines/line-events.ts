import type { LineAnswer } from './line-answer.ts';

interface OfTrunk {
  /** The domain's id. */
  readonly domain: string;
  readonly domainName: string;
  readonly trunk: string;
  /** The exact answer that it came by; undefined for what came by none. */
  readonly answer: LineAnswer | undefined;
}

/** One for each real change of a trunk, in the order in which they happened: never for a refresh or a further failure of one kind. */
export type TrunkEvent = OfTrunk &
  (
    | { readonly type: 'trunk.registered' /** Wall time. */; readonly until: number }
    | { readonly type: 'trunk.rejected' | 'trunk.unreachable'; readonly nextTryAt: number | undefined }
    /** It answers OPTIONS again, or does not any more. */
    | { readonly type: 'trunk.up' | 'trunk.down' }
  );
