export default {
  title: '登录',
  welcome: '实时看见您的每一位客户。',
  email: '邮箱',
  password: '密码',
  go: '登录',
  busy: '正在登录…',
  first: 'Pando 首次启动时会显示所有者的邮箱和密码。忘记了？请在服务器上运行：npx pando user reset。',
};
