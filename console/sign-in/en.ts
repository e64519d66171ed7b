export default {
  title: 'Sign in',
  welcome: 'See who your customers are, live.',
  email: 'E-mail',
  password: 'Password',
  go: 'Sign in',
  busy: 'Signing in…',
  first:
    'The first start of Pando prints the e-mail and the password of its owner. Lost it? On the machine: npx pando user reset.',
};
