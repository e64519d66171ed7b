import { betaDropout } from './beta-dropout.ts';

/**
 * MBG/NBD: E. P. Batislam, M. Denizel, A. Filiztekin, Empirical validation and comparison of models for customer base
 * analysis, International Journal of Research in Marketing 24 (2007). As BG/NBD, but one may be lost after the first
 * purchase already.
 */
export const mbgNbd = betaDropout('mbg-nbd', 1);
