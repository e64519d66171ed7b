import { betaDropout } from './beta-dropout.ts';

/**
 * BG/NBD: P. S. Fader, B. G. S. Hardie, K. L. Lee, "Counting Your Customers" the Easy Way, Marketing Science 24 (2005);
 * the likelihood is equation 6. Whoever never bought again cannot have been lost, so that they are customers for ever.
 */
export const bgNbd = betaDropout('bg-nbd', 0);
