export {
  type DigestAlgorithm,
  type DigestInput,
  digestResponse,
  ha1,
  type StoredHa1,
  storedHa1,
} from './calculation.ts';
export { type AnsweredRequest, answerChallenge, type ClientCredentials } from './client.ts';
export { DigestClient, type DigestClientOptions, type DigestRequest, type SentCredentials } from './digest-client.ts';
export { type ChallengeVerdict, DigestExchange } from './digest-exchange.ts';
export {
  type BadCredentials,
  type ChallengeOptions,
  type Challenger,
  DigestServer,
  type DigestServerOptions,
  type DigestVerdict,
  type VerifyOptions,
} from './server.ts';
