// One after another, and in one file: what only waits at the end of one, for RFC 3261's timers and for memory, waits beside the next. What
// needs the processors to itself comes first, when nothing waits yet.
import './overload-scenarios.ts';
import './load-scenarios.ts';
import './flood-scenarios.ts';
