export {
  FakeMediaCall,
  FakeMediaLeg,
  FakeMediaPlane,
  type FakeMediaPlaneOptions,
  type MediaCommand,
} from './fake-media-plane.ts';
