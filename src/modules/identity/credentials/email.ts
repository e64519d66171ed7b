import { refuse } from '../refusal.ts';

/** The normal form of an address, by which an account is found; refuses what is none. */
export function normalEmail(text: string): string {
  const email = text.trim().normalize('NFKC').toLowerCase();
  if (email.length > 254 || !/^[^\s@<>"(),;:\\]+@[^\s@<>"(),;:\\]+$/.test(email)) {
    throw refuse('email-invalid', 'This is not an e-mail address; it looks like ann@example.com.');
  }
  return email;
}
