export {
  type DigestAlgorithm,
  type DigestInput,
  digestResponse,
  ha1,
  type StoredHa1,
  storedHa1,
} from './calculation.ts';
export { answerChallenge, type ClientCredentials } from './client.ts';
export {
  type BadCredentials,
  type ChallengeOptions,
  type Challenger,
  DigestServer,
  type DigestServerOptions,
  type DigestVerdict,
  type VerifyOptions,
} from './server.ts';
