/** The two laws of G.711: one octet a sample, 8,000 samples a second. */
export type Law = 'PCMA' | 'PCMU';
