export { fillHistory } from './fill-history.ts';
export { MemoryStore } from './memory-store.ts';
export { S3_BUCKET, S3_KEYS, type S3Server, startS3Server } from './s3-server.ts';
