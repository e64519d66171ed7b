import type { columnRoles } from '../schema.ts';

export type Role = (typeof columnRoles)[number];

/** In the order in which they are tried; names are compared in small letters, without spaces and signs. */
const names: readonly [Role, RegExp][] = [
  ['email', /e?mail|邮箱|邮件/],
  ['phone', /phone|mobile|^tel|telephone|手机|电话/],
  ['message', /^(messageid|eventid|uuid|消息编号)$/],
  ['sku', /sku|barcode|ean|upc|条码|条形码/],
  [
    'product_id',
    /^(product|item|article|stock|goods)(id|code|no|number)$|商品(编号|id|编码|代码)|货号|产品编号/,
  ],
  [
    'order',
    /^(order|invoice|transaction|receipt|basket|ticket|bill|sale)s?(id|no|number|nr|num|name)?$|^(订单|交易|发票|小票|单据?)(编号|号码?|id)?$/,
  ],
  ['card', /(loyalty|membership|member|bonus)?card(id|no|number)?$|会员卡|卡号/],
  [
    'user_id',
    /^(customer|user|client|member|household|buyer|account|shopper|person)s?(id|no|number|code|key)?$|^(客户|用户|会员|顾客|买家)(编号|号码?|id|账号|代码)?$/,
  ],
  ['anonymous_id', /^(anonymous|visitor|session|cookie|device)(id|no)?$|访客|设备(编号|号|id)/],
  ['event', /^(event|action|activity)(name|type)?$|事件|行为|动作/],
  ['currency', /currency|币种|货币/],
  ['quantity', /quantity|^qty$|^units$|^count$|^pieces$|数量|件数/],
  ['price', /unitprice|^price$|itemprice|pricepiece|单价|售价|价格/],
  [
    'total',
    /total|^amount$|ordervalue|revenue|salesvalue|^sales$|paid(amount)?$|^sum$|grandtotal|金额|总价|总额|实付|应付/,
  ],
  ['store', /^(store|shop|branch|outlet|location)(id|no|number|name|code)?$|门店|店铺|店名|店号/],
  ['time', /date|time(?!zone)|timestamp|createdat|^at$|^when$|^day$|时间|日期/],
  [
    'product',
    /^(product|item|article|goods)(name|title|description)?$|^description$|lineitemname|商品名?称?|产品名?称?|品名/,
  ],
  ['name', /^(customer|client|member|billing|shipping|full|first|last)?name$|姓名|客户名|会员名|收货人/],
];

/** What a column is for, by its name alone. */
export function roleByName(name: string): Role {
  const plain = name.toLowerCase().replace(/[\s_\-.()#:/]+/g, '');
  return names.find(([, pattern]) => pattern.test(plain))?.[0] ?? 'other';
}
