// Drives node-quickbooks, as published, through whole life cycles against a local company.
//
// stdin: {base, realm, token, refresh, client_id, client_secret, only, ids: {checking, card, sales, rent, …}}
// stdout: one JSON object a step: {step, ok, …}; the last line is {done: true}. Asserts nothing itself but that calls
// answer as the step expects: what the answers hold is for the reader to judge.

const { Readable } = require('node:stream');
const QuickBooks = require('node-quickbooks');

const tell = (row) => process.stdout.write(JSON.stringify(row) + '\n');

const ref = (value) => ({ value });
const named = (what) => `${what} of node`;

/** A client whose addresses lie on this machine: they are settings of the package that its user may assign. */
function connected(given) {
  QuickBooks.V3_ENDPOINT_BASE_URL = `${given.base}/v3/company/`;
  QuickBooks.TOKEN_URL = `${given.base}/oauth2/v1/tokens/bearer`;
  QuickBooks.REVOKE_URL = `${given.base}/v2/oauth2/tokens/revoke`;
  QuickBooks.USER_INFO_URL = `${given.base}/v1/openid_connect/userinfo`;
  const { client_id: id, client_secret: secret } = given;
  return new QuickBooks(id, secret, given.token, false, given.realm, true, false, 75, '2.0', given.refresh);
}

/** A method of the client as a promise; it is rejected with QuickBooks' own fault where there is one. */
function caller(client) {
  return (method, ...parameters) =>
    new Promise((resolve, reject) => {
      client[method](...parameters, (error, data, response) => {
        if (!error) return resolve(data);
        const told = (error.response && error.response.data) || (response && response.data) || error;
        return reject(Object.assign(new Error(error.message || 'refused'), { told }));
      });
    });
}

function sale(ids, amount) {
  return [{ Amount: amount, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: ref(ids.digging) } }];
}

function cost(ids, amount) {
  const detail = { AccountRef: ref(ids.rent) };
  return [{ Amount: amount, DetailType: 'AccountBasedExpenseLineDetail', AccountBasedExpenseLineDetail: detail }];
}

function side(posting, account, amount) {
  const detail = { PostingType: posting, AccountRef: ref(account) };
  return { Amount: amount, DetailType: 'JournalEntryLineDetail', JournalEntryLineDetail: detail };
}

/** Entity, its plural in the client's names, a body, what an update changes, and how its life ends. */
function entities(ids) {
  const customer = { CustomerRef: ref(ids.ann) };
  const vendor = { VendorRef: ref(ids.power) };
  const note = { PrivateNote: 'changed by node' };
  const line = { Amount: 11, DetailType: 'DepositLineDetail', DepositLineDetail: { AccountRef: ref(ids.sales) } };
  const lodged = { DepositToAccountRef: ref(ids.checking), Line: [line] };
  return [
    ['Account', 'Accounts', { Name: named('Account'), AccountType: 'Expense' }, { Description: 'changed' }, 'inactive'],
    ['Class', 'Classes', { Name: named('Class') }, { Name: named('Other class') }, 'inactive'],
    ['Customer', 'Customers', { DisplayName: named("O'Customer") }, { CompanyName: 'changed' }, 'inactive'],
    ['Department', 'Departments', { Name: named('Department') }, { Name: named('Other place') }, 'inactive'],
    ['Employee', 'Employees', { GivenName: 'Eve', FamilyName: named('Employee') }, { Title: 'Dr' }, 'inactive'],
    ['Item', 'Items', { Name: named('Item'), Type: 'Service', IncomeAccountRef: ref(ids.sales) }, { UnitPrice: 7.5 }, 'inactive'],
    ['PaymentMethod', 'PaymentMethods', { Name: named('Method') }, { Type: 'CREDIT_CARD' }, 'inactive'],
    ['Term', 'Terms', { Name: named('Term'), DueDays: 9 }, { DueDays: 10 }, 'inactive'],
    ['Vendor', 'Vendors', { DisplayName: named('Vendor') }, { CompanyName: 'changed' }, 'inactive'],
    ['TaxAgency', 'TaxAgencies', { DisplayName: named('Agency') }, null, null],
    ['Estimate', 'Estimates', { ...customer, Line: sale(ids, 12.5) }, note, 'delete'],
    ['Invoice', 'Invoices', { ...customer, Line: sale(ids, 25) }, note, 'delete'],
    ['SalesReceipt', 'SalesReceipts', { ...customer, Line: sale(ids, 9.99) }, note, 'delete'],
    ['CreditMemo', 'CreditMemos', { ...customer, Line: sale(ids, 3) }, note, 'delete'],
    ['RefundReceipt', 'RefundReceipts', { ...customer, DepositToAccountRef: ref(ids.checking), Line: sale(ids, 4) }, note, 'delete'],
    ['Payment', 'Payments', { ...customer, TotalAmt: 8 }, note, 'delete'],
    ['Bill', 'Bills', { ...vendor, Line: cost(ids, 30) }, { ...note, ...vendor }, 'delete'],
    ['VendorCredit', 'VendorCredits', { ...vendor, Line: cost(ids, 5) }, note, 'delete'],
    ['Purchase', 'Purchases', { PaymentType: 'Cash', AccountRef: ref(ids.checking), Line: cost(ids, 6) }, { ...note, PaymentType: 'Cash' }, 'delete'],
    ['PurchaseOrder', 'PurchaseOrders', { ...vendor, APAccountRef: ref(ids.payable), Line: cost(ids, 7) }, note, 'delete'],
    ['JournalEntry', 'JournalEntries', { Line: [side('Debit', ids.rent, 12.34), side('Credit', ids.checking, 12.34)] }, note, 'delete'],
    ['Deposit', 'Deposits', lodged, { ...note, ...lodged }, 'delete whole'],
    ['Transfer', 'Transfers', { FromAccountRef: ref(ids.checking), ToAccountRef: ref(ids.card), Amount: 13 }, note, 'delete whole'],
    ['TimeActivity', 'TimeActivities', { NameOf: 'Vendor', ...vendor, Hours: 2, TxnDate: ids.today }, { Description: 'changed' }, 'delete'],
    ['Attachable', 'Attachables', { Note: named('Note') }, { Note: 'changed' }, 'delete whole'],
  ];
}

async function lifeOf(call, [entity, plural, body, change, end]) {
  const count = async () => (await call(`find${plural}`, { count: true })).QueryResponse.totalCount;
  const before = await count();
  const made = await call(`create${entity}`, body);
  const read = await call(`get${entity}`, made.Id);
  const found = await call(`find${plural}`, [{ field: 'Id', value: made.Id, operator: '=' }]);
  const row = { step: entity, id: made.Id, made, read, found: found.QueryResponse[entity], counted: (await count()) - before };
  if (change) {
    row.changed = await call(`update${entity}`, { Id: made.Id, SyncToken: made.SyncToken, ...change });
    row.whole = await call(`update${entity}`, { ...row.changed, sparse: false });
  }
  if (end === 'inactive') {
    row.ended = await call(`update${entity}`, { ...row.whole, sparse: false, Active: false });
  } else if (end) {
    const last = row.whole || made;
    row.ended = await call(`delete${entity}`, end === 'delete' ? { Id: last.Id, SyncToken: last.SyncToken } : made.Id);
  }
  row.left = (await count()) - before;
  return row;
}

/** An invoice paid, the payment voided, the invoice voided. */
async function voids(call, ids) {
  const invoice = await call('createInvoice', { CustomerRef: ref(ids.bob), Line: sale(ids, 80) });
  const link = { Amount: 80, LinkedTxn: [{ TxnId: invoice.Id, TxnType: 'Invoice' }] };
  const payment = await call('createPayment', { CustomerRef: ref(ids.bob), TotalAmt: 80, Line: [link] });
  const paid = await call('getInvoice', invoice.Id);
  const voided = await call('voidPayment', { Id: payment.Id, SyncToken: payment.SyncToken });
  const open = await call('getInvoice', invoice.Id);
  const gone = await call('voidInvoice', invoice.Id);
  return { paid, voided, open, gone: gone.Invoice || gone };
}

/** A bill paid by cheque, and the payment deleted. */
async function pays(call, ids) {
  const bill = await call('createBill', { VendorRef: ref(ids.power), Line: cost(ids, 60) });
  const link = { Amount: 60, LinkedTxn: [{ TxnId: bill.Id, TxnType: 'Bill' }] };
  const check = { BankAccountRef: ref(ids.checking) };
  const body = { VendorRef: ref(ids.power), PayType: 'Check', TotalAmt: 60, CheckPayment: check, Line: [link] };
  const made = await call('createBillPayment', body);
  const paid = await call('getBill', bill.Id);
  const changed = await call('updateBillPayment', { ...made, PrivateNote: 'changed by node', sparse: false });
  const found = (await call('findBillPayments', [{ field: 'TotalAmt', value: 60 }])).QueryResponse.BillPayment;
  const ended = await call('deleteBillPayment', { Id: made.Id, SyncToken: changed.SyncToken });
  return { made, paid, changed, found, ended, open: await call('getBill', bill.Id) };
}

async function batches(call, ids) {
  const answer = await call('batch', [
    { bId: 'a', operation: 'create', Customer: { DisplayName: named('Batch') } },
    { bId: 'b', operation: 'create', Customer: { DisplayName: 'Ann' } },
    { bId: 'c', Query: "select * from Customer where DisplayName = 'Ann'" },
  ]);
  const rows = Object.fromEntries(answer.BatchItemResponse.map((row) => [row.bId, row]));
  const made = rows.a.Customer;
  const after = await call('batch', [
    { bId: 'd', operation: 'update', Customer: { Id: made.Id, SyncToken: made.SyncToken, sparse: true, Active: false } },
  ]);
  return { rows, after: after.BatchItemResponse };
}

async function queries(call) {
  for (let number = 1; number <= 5; number += 1) await call('createCustomer', { DisplayName: `Row ${number} 100% & #1 <a+b>` });
  const like = [{ field: 'DisplayName', value: 'Row %', operator: 'LIKE' }];
  const all = await call('findCustomers', [...like, { field: 'fetchAll', value: true }, { field: 'limit', value: 2 }]);
  const page = await call('findCustomers', [...like, { field: 'asc', value: 'Id' }, { field: 'limit', value: 2 }, { field: 'offset', value: 2 }]);
  const exact = await call('findCustomers', { DisplayName: ['Row 1 100% & #1 <a+b>', 'Row 5 100% & #1 <a+b>'] });
  const words = await call('findCustomers', "where DisplayName = 'Nobody'");
  return { all: all.QueryResponse, page: page.QueryResponse, exact: exact.QueryResponse, words: words.QueryResponse };
}

async function feeds(call, ids) {
  const since = new Date(ids.since);
  const made = await call('createInvoice', { CustomerRef: ref(ids.ann), Line: sale(ids, 1) });
  await call('deleteInvoice', { Id: made.Id, SyncToken: made.SyncToken });
  const answer = await call('changeDataCapture', ['Customer', 'Invoice'], since);
  return { gone: made.Id, answer: answer.CDCResponse };
}

async function uploads(call, ids) {
  const invoice = await call('createInvoice', { CustomerRef: ref(ids.ann), Line: sale(ids, 2) });
  const stream = () => Object.assign(Readable.from([Buffer.from('%PDF-1.4 of node')]), { path: undefined });
  const linked = await call('upload', 'paper.pdf', 'application/pdf', stream(), 'Invoice', invoice.Id);
  const loose = await call('upload', 'loose.pdf', 'application/pdf', stream());
  return { invoice: invoice.Id, linked, loose };
}

async function reports(call, ids) {
  const found = {};
  for (const name of ids.reports) {
    found[name] = await call(`report${name}`, { start_date: '2026-01-01', end_date: '2026-12-31' });
  }
  return found;
}

async function papers(call, ids) {
  const found = {};
  for (const [entity, body] of [
    ['Invoice', { CustomerRef: ref(ids.ann), Line: sale(ids, 2) }],
    ['Estimate', { CustomerRef: ref(ids.ann), Line: sale(ids, 2) }],
    ['SalesReceipt', { CustomerRef: ref(ids.ann), Line: sale(ids, 2) }],
    ['CreditMemo', { CustomerRef: ref(ids.ann), Line: sale(ids, 2) }],
  ]) {
    const made = await call(`create${entity}`, body);
    const pdf = await call(`get${entity}Pdf`, made.Id);
    const sent = await call(`send${entity}Pdf`, made.Id, 'ann@example.com');
    found[entity] = { begins: Buffer.from(pdf).subarray(0, 5).toString(), sent };
  }
  return found;
}

async function settings(call, ids) {
  const info = await call('getCompanyInfo', ids.realm);
  const preferences = await call('getPreferences');
  const listed = (await call('findCompanyInfos', {})).QueryResponse.CompanyInfo;
  const changed = await call('updateCompanyInfo', { Id: info.Id, SyncToken: info.SyncToken, LegalName: 'Garden & Sons Ltd' });
  const more = {};
  for (const plural of ['CustomerTypes', 'TaxCodes', 'TaxRates', 'CompanyCurrencies', 'Budgets', 'JournalCodes']) {
    more[plural] = (await call(`find${plural}`, {})).QueryResponse;
  }
  return { info, preferences, listed, changed, more };
}

/** Tax codes and rates are made by a service of their own; it answers without a wrapper. */
async function taxes(call) {
  const agency = await call('createTaxAgency', { DisplayName: named('Town') });
  const rate = { TaxRateName: 'Town 5', RateValue: 5, TaxAgencyId: agency.Id, TaxApplicableOn: 'Sales' };
  const made = await call('createTaxService', { TaxCode: 'Town tax', TaxRateDetails: [rate] });
  const code = await call('getTaxCode', made.TaxCodeId);
  const read = await call('getTaxRate', code.SalesTaxRateList.TaxRateDetail[0].TaxRateRef.value);
  const found = (await call('findTaxRates', [{ field: 'Name', value: 'Town 5' }])).QueryResponse.TaxRate;
  return { made, code, read, found };
}

/** Another currency, its record and its rate. */
async function currencies(call) {
  const preferences = await call('getPreferences');
  const prefs = { ...preferences.CurrencyPrefs, MultiCurrencyEnabled: true };
  await call('updatePreferences', { ...preferences, sparse: false, CurrencyPrefs: prefs });
  const items = [{ bId: '1', operation: 'create', CompanyCurrency: { Code: 'EUR' } }];
  const made = (await call('batch', items)).BatchItemResponse[0].CompanyCurrency;
  const read = await call('getCompanyCurrency', made.Id);
  const rate = { SourceCurrencyCode: 'EUR', AsOfDate: '2026-03-01', Rate: 1.25 };
  const set = await call('updateExchangeRate', rate);
  const got = await call('getExchangeRate', { sourcecurrencycode: 'EUR', asofdate: '2026-03-01' });
  return { read, set, got };
}

async function refusals(call, ids) {
  const refused = async (name, ...parameters) => {
    try {
      await call(name, ...parameters);
      return null;
    } catch (error) {
      return error.told;
    }
  };
  return {
    name: await refused('createVendor', { DisplayName: 'Ann' }),
    stale: await refused('updateCustomer', { Id: ids.ann, SyncToken: '99', CompanyName: 'x' }),
    lines: await refused('createInvoice', { CustomerRef: ref(ids.ann), Line: [] }),
    query: await refused('findInvoices', { NoSuchField: '1' }),
    report: await refused('reportTrialBalanceFR', {}),
  };
}

async function repeats(call) {
  const once = await call('createCustomer', { DisplayName: named('Once'), requestId: 'node-1' });
  const twice = await call('createCustomer', { DisplayName: named('Twice'), requestId: 'node-1' });
  return { once: once.Id, twice: twice.Id };
}

async function signIn(client, call) {
  const before = { token: client.token, refresh: client.refreshToken };
  const answer = await call('refreshAccessToken');
  const user = await call('getUserInfo');
  await call('findCustomers', { limit: 1 });
  const refreshed = client.token !== before.token;
  await call('revokeAccess', true);
  return { expires: answer.expires_in, refreshed, user, forgotten: client.token === null };
}

async function main() {
  let text = '';
  for await (const part of process.stdin) text += part;
  const given = JSON.parse(text);
  const client = connected(given);
  const call = caller(client);
  const steps = {
    voids, pays, batches, queries, taxes, currencies, feeds, uploads, reports, papers, settings, refusals, repeats,
    signIn: () => signIn(client, call),
  }; // prettier-ignore
  if (given.only === 'entities') {
    for (const life of entities(given.ids)) {
      try {
        tell({ ok: true, ...(await lifeOf(call, life)) });
      } catch (error) {
        tell({ step: life[0], ok: false, why: error.message, told: error.told });
      }
    }
  } else {
    try {
      tell({ step: given.only, ok: true, ...(await steps[given.only](call, given.ids)) });
    } catch (error) {
      tell({ step: given.only, ok: false, why: error.message, told: error.told });
    }
  }
  tell({ done: true });
}

main();
