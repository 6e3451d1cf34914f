"""Transactions that belong to neither side: journals, banking, stock, time, templates.

Source of every row: QuickBooks Online Accounting API v3, entity pages and schemas.
"""

from akika_forensics.model.catalogue.entity import Delete, EntityType, Kind, references, words

ROWS: tuple[EntityType, ...] = (
    EntityType(
        name="JournalEntry",
        kind=Kind.TRANSACTION,
        operations=words("create read query update sparse delete"),
        path="journalentry",
        delete=Delete.HARD,
        webhooks=words("create update delete"),
        attachable=True,
        required=words("Line"),
        computed=words("TotalAmt HomeTotalAmt RecurDataRef"),
        filterable=words("DocNumber Id TxnDate"),
        sortable=words("DocNumber Id TxnDate"),
        references=references(
            """
            CurrencyRef -> CompanyCurrency [by Code]
            RecurDataRef -> RecurringTransaction [read-only]
            ProjectRef -> Project [external]
            TxnTaxDetail.TxnTaxCodeRef -> TaxCode
            TxnTaxDetail.TaxLine[].TaxLineDetail.TaxRateRef -> TaxRate
            Line[].JournalEntryLineDetail.AccountRef -> Account
            Line[].JournalEntryLineDetail.Entity.EntityRef -> Customer, Vendor, Employee [type at Line[].JournalEntryLineDetail.Entity.Type]
            Line[].JournalEntryLineDetail.ClassRef -> Class
            Line[].JournalEntryLineDetail.DepartmentRef -> Department
            Line[].JournalEntryLineDetail.TaxCodeRef -> TaxCode
            Line[].JournalEntryLineDetail.TaxRateRef -> TaxRate
            Line[].JournalEntryLineDetail.JournalCodeRef -> JournalCode
            Line[].ProjectRef -> Project [external]
            Line[].DescriptionLineDetail.TaxCodeRef -> TaxCode
            LinkedTxn[] => BillPayment
            """
        ),
    ),
    EntityType(
        name="Deposit",
        kind=Kind.TRANSACTION,
        operations=words("create read query update sparse delete"),
        path="deposit",
        delete=Delete.HARD,
        webhooks=words("create update delete"),
        attachable=True,
        required=words("DepositToAccountRef Line"),
        computed=words("TotalAmt HomeTotalAmt RecurDataRef"),
        filterable=words("Id TxnDate"),
        sortable=words("Id TxnDate"),
        references=references(
            """
            DepositToAccountRef -> Account
            CashBack.AccountRef -> Account
            DepartmentRef -> Department
            CurrencyRef -> CompanyCurrency [by Code]
            RecurDataRef -> RecurringTransaction [read-only]
            ProjectRef -> Project [external]
            TxnTaxDetail.TxnTaxCodeRef -> TaxCode
            TxnTaxDetail.TaxLine[].TaxLineDetail.TaxRateRef -> TaxRate
            Line[].DepositLineDetail.AccountRef -> Account
            Line[].DepositLineDetail.Entity -> Customer, Vendor, Employee [type at Line[].DepositLineDetail.Entity.type]
            Line[].DepositLineDetail.ClassRef -> Class
            Line[].DepositLineDetail.PaymentMethodRef -> PaymentMethod
            Line[].DepositLineDetail.TaxCodeRef -> TaxCode
            Line[].ProjectRef -> Project [external]
            Line[].LinkedTxn[] => Payment, SalesReceipt, RefundReceipt, JournalEntry, Transfer, BillPayment, Purchase
            CustomField[].DefinitionId -> CustomFieldDefinition [external]
            """
        ),
    ),
    EntityType(
        name="Transfer",
        kind=Kind.TRANSACTION,
        operations=words("create read query update sparse delete"),
        path="transfer",
        delete=Delete.HARD,
        webhooks=words("create update delete void"),
        attachable=True,
        required=words("FromAccountRef ToAccountRef Amount"),
        computed=words("RecurDataRef LinkedTxn"),
        filterable=words("Id TxnDate"),
        sortable=words("Id TxnDate"),
        references=references(
            """
            FromAccountRef -> Account
            ToAccountRef -> Account
            ClassRef -> Class
            DepartmentRef -> Department
            CurrencyRef -> CompanyCurrency [by Code]
            RecurDataRef -> RecurringTransaction [read-only]
            LinkedTxn[] => Deposit [read-only]
            """
        ),
    ),
    EntityType(
        name="CreditCardPayment",
        kind=Kind.TRANSACTION,
        operations=words("create read query update sparse delete"),
        path="creditcardpayment",
        json_key="CreditCardPaymentTxn",
        delete=Delete.HARD,
        required=words("CreditCardAccountRef BankAccountRef Amount"),
        filterable=words("Id TxnDate VendorRef"),
        sortable=words("Id TxnDate"),
        references=references(
            """
            CreditCardAccountRef -> Account
            BankAccountRef -> Account
            VendorRef -> Vendor
            CurrencyRef -> CompanyCurrency [by Code]
            """
        ),
    ),
    EntityType(
        name="InventoryAdjustment",
        kind=Kind.TRANSACTION,
        operations=words("create read update delete"),
        path="inventoryadjustment",
        delete=Delete.HARD,
        queryable=None,
        required=words("AdjustAccountRef TxnDate Line"),
        sortable=words("Id"),
        references=references(
            """
            AdjustAccountRef -> Account
            CustomerRef -> Customer
            DepartmentRef -> Department
            Line[].ItemAdjustmentLineDetail.ItemRef -> Item
            Line[].ItemAdjustmentLineDetail.ClassRef -> Class
            """
        ),
    ),
    EntityType(
        name="TimeActivity",
        kind=Kind.TRANSACTION,
        operations=words("create read query update delete"),
        path="timeactivity",
        delete=Delete.HARD,
        change_feed=False,
        webhooks=words("create update delete"),
        required=words("NameOf"),
        filterable=words("BillableStatus Id ProjectRef TxnDate"),
        sortable=words("Id TxnDate"),
        references=references(
            """
            EmployeeRef -> Employee
            VendorRef -> Vendor
            CustomerRef -> Customer
            ItemRef -> Item
            ClassRef -> Class
            DepartmentRef -> Department
            PayrollItemRef -> PayrollItem [external]
            ProjectRef -> Project [external]
            TimeChargeId -> TimeCharge [external]
            """
        ),
    ),
    EntityType(
        name="RecurringTransaction",
        kind=Kind.TEMPLATE,
        operations=words("create read query delete"),
        path="recurringtransaction",
        delete=Delete.HARD,
        computed=words("RecurDataRef"),
        label="RecurringInfo.Name",
        filterable=words("Id RecurDataRef Type"),
        sortable=words("Id RecurDataRef"),
        references=references(
            """
            <Type>.* -> (all refs of the contained transaction)
            """
        ),
    ),
    EntityType(
        name="ReimburseCharge",
        kind=Kind.TRANSACTION,
        operations=words("read query"),
        path="reimbursecharge",
        delete=Delete.NONE,
        filterable=words("CustomerRef HasBeenInvoiced Id"),
        sortable=words("Id"),
        references=references(
            """
            CustomerRef -> Customer
            CurrencyRef -> CompanyCurrency [by Code]
            Line[].SalesItemLineDetail.ItemRef -> Item
            Line[].SalesItemLineDetail.ClassRef -> Class
            Line[].SalesItemLineDetail.TaxCodeRef -> TaxCode
            Line[].ReimburseLineDetail.ItemRef -> Item
            Line[].ReimburseLineDetail.ClassRef -> Class
            Line[].ReimburseLineDetail.TaxCodeRef -> TaxCode
            Line[].ReimburseLineDetail.ItemAccountRef -> Account
            LinkedTxn[] => Invoice
            """
        ),
    ),
    EntityType(
        name="TaxPayment",
        kind=Kind.TRANSACTION,
        operations=words("read query"),
        path="taxpayment",
        delete=Delete.NONE,
        filterable=words("Id"),
        sortable=words("Id"),
        references=references(
            """
            PaymentAccountRef -> Account
            """
        ),
    ),
)
