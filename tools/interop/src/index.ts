/** What benches borrow: load by SIPp, a switch of this checkout, and scenes that end what they began. */
export { Child, type Exit, type Ran, run } from './child.ts';
export { eventually, TooLate, within } from './deadline.ts';
export { type Account, ANNA, BORIS, pbxFile } from './office.ts';
export { at, HERE, type Place } from './place.ts';
export { freePorts } from './ports.ts';
export { Scene } from './scene.ts';
export { type Scenario, Sipp, type SippOptions, type SippResult, type SippUser, sippRegister } from './sipp.ts';
export { Switch, type SwitchOptions } from './switch.ts';
export { lacking } from './tools.ts';
