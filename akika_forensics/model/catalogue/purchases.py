"""Vendor side: what is ordered, billed, credited and paid.

Source of every row: QuickBooks Online Accounting API v3, entity pages and schemas.
"""

from akika_forensics.model.catalogue.entity import Delete, EntityType, Kind, references, words

ROWS: tuple[EntityType, ...] = (
    EntityType(
        name="Bill",
        kind=Kind.TRANSACTION,
        operations=words("create read query update sparse delete"),
        path="bill",
        delete=Delete.HARD,
        webhooks=words("create update delete"),
        attachable=True,
        required=words("VendorRef Line"),
        computed=words("TotalAmt Balance HomeTotalAmt HomeBalance VendorAddr RecurDataRef"),
        filterable=words("APAccountRef Balance DocNumber DueDate Id SalesTermRef TotalAmt TxnDate VendorRef"),
        sortable=words("APAccountRef DocNumber DueDate Id SalesTermRef TotalAmt TxnDate VendorRef"),
        references=references(
            """
            VendorRef -> Vendor
            APAccountRef -> Account
            SalesTermRef -> Term
            DepartmentRef -> Department
            CurrencyRef -> CompanyCurrency [by Code]
            RecurDataRef -> RecurringTransaction [read-only]
            ProjectRef -> Project [external]
            TxnTaxDetail.TxnTaxCodeRef -> TaxCode
            TxnTaxDetail.TaxLine[].TaxLineDetail.TaxRateRef -> TaxRate
            Line[].ItemBasedExpenseLineDetail.ItemRef -> Item
            Line[].ItemBasedExpenseLineDetail.CustomerRef -> Customer
            Line[].ItemBasedExpenseLineDetail.ClassRef -> Class
            Line[].ItemBasedExpenseLineDetail.TaxCodeRef -> TaxCode
            Line[].ItemBasedExpenseLineDetail.MarkupInfo.MarkUpIncomeAccountRef -> Account [read-only]
            Line[].AccountBasedExpenseLineDetail.AccountRef -> Account
            Line[].AccountBasedExpenseLineDetail.CustomerRef -> Customer
            Line[].AccountBasedExpenseLineDetail.ClassRef -> Class
            Line[].AccountBasedExpenseLineDetail.TaxCodeRef -> TaxCode
            Line[].AccountBasedExpenseLineDetail.MarkupInfo.MarkUpIncomeAccountRef -> Account [read-only]
            Line[].ProjectRef -> Project [external]
            Line[].TDSLineDetail.TDSAccountRef -> Account
            LinkedTxn[] => PurchaseOrder, BillPayment, VendorCredit, ReimburseCharge
            Line[].LinkedTxn[] => PurchaseOrder, ReimburseCharge
            """
        ),
    ),
    EntityType(
        name="BillPayment",
        kind=Kind.TRANSACTION,
        operations=words("create read query update delete void"),
        path="billpayment",
        delete=Delete.HARD,
        void="operation=update&include=void",
        webhooks=words("create update delete void"),
        attachable=True,
        required=words("VendorRef TotalAmt PayType Line"),
        computed=words("HomeTotalAmt Line[].LineEx"),
        filterable=words("APAccountRef CheckPayment CreditCardPayment DocNumber Id TotalAmt TxnDate VendorRef"),
        sortable=words("APAccountRef CheckPayment CreditCardPayment DocNumber Id TotalAmt TxnDate VendorRef"),
        references=references(
            """
            VendorRef -> Vendor
            APAccountRef -> Account
            CheckPayment.BankAccountRef -> Account
            CreditCardPayment.CCAccountRef -> Account
            DepartmentRef -> Department
            CurrencyRef -> CompanyCurrency [by Code]
            ProjectRef -> Project [external]
            Line[].LinkedTxn[] => Bill, VendorCredit, JournalEntry, Deposit
            """
        ),
    ),
    EntityType(
        name="VendorCredit",
        kind=Kind.TRANSACTION,
        operations=words("create read query update delete"),
        path="vendorcredit",
        delete=Delete.HARD,
        webhooks=words("create update delete"),
        attachable=True,
        required=words("VendorRef Line"),
        computed=words("TotalAmt Balance HomeTotalAmt HomeBalance RecurDataRef"),
        filterable=words("APAccountRef DocNumber Id TotalAmt TxnDate"),
        sortable=words("APAccountRef DocNumber Id TotalAmt TxnDate"),
        references=references(
            """
            VendorRef -> Vendor
            APAccountRef -> Account
            DepartmentRef -> Department
            CurrencyRef -> CompanyCurrency [by Code]
            RecurDataRef -> RecurringTransaction [read-only]
            ProjectRef -> Project [external]
            TxnTaxDetail.TxnTaxCodeRef -> TaxCode
            TxnTaxDetail.TaxLine[].TaxLineDetail.TaxRateRef -> TaxRate
            Line[].ItemBasedExpenseLineDetail.ItemRef -> Item
            Line[].ItemBasedExpenseLineDetail.CustomerRef -> Customer
            Line[].ItemBasedExpenseLineDetail.ClassRef -> Class
            Line[].ItemBasedExpenseLineDetail.TaxCodeRef -> TaxCode
            Line[].ItemBasedExpenseLineDetail.MarkupInfo.MarkUpIncomeAccountRef -> Account [read-only]
            Line[].AccountBasedExpenseLineDetail.AccountRef -> Account
            Line[].AccountBasedExpenseLineDetail.CustomerRef -> Customer
            Line[].AccountBasedExpenseLineDetail.ClassRef -> Class
            Line[].AccountBasedExpenseLineDetail.TaxCodeRef -> TaxCode
            Line[].AccountBasedExpenseLineDetail.MarkupInfo.MarkUpIncomeAccountRef -> Account [read-only]
            LinkedTxn[] => BillPayment, ReimburseCharge
            Line[].LinkedTxn[] => ReimburseCharge
            """
        ),
    ),
    EntityType(
        name="Purchase",
        kind=Kind.TRANSACTION,
        operations=words("create read query update sparse delete"),
        path="purchase",
        delete=Delete.HARD,
        webhooks=words("create update delete void"),
        attachable=True,
        required=words("PaymentType AccountRef Line"),
        computed=words("TotalAmt HomeTotalAmt PurchaseEx RecurDataRef"),
        filterable=words("DocNumber Id PaymentType TotalAmt TxnDate"),
        sortable=words("DocNumber Id TxnDate"),
        references=references(
            """
            AccountRef -> Account
            EntityRef -> Customer, Vendor, Employee [type at EntityRef.type]
            PaymentMethodRef -> PaymentMethod
            DepartmentRef -> Department
            CurrencyRef -> CompanyCurrency [by Code]
            RecurDataRef -> RecurringTransaction [read-only]
            ProjectRef -> Project [external]
            TxnTaxDetail.TxnTaxCodeRef -> TaxCode
            TxnTaxDetail.TaxLine[].TaxLineDetail.TaxRateRef -> TaxRate
            Line[].ItemBasedExpenseLineDetail.ItemRef -> Item
            Line[].ItemBasedExpenseLineDetail.CustomerRef -> Customer
            Line[].ItemBasedExpenseLineDetail.ClassRef -> Class
            Line[].ItemBasedExpenseLineDetail.TaxCodeRef -> TaxCode
            Line[].ItemBasedExpenseLineDetail.MarkupInfo.MarkUpIncomeAccountRef -> Account [read-only]
            Line[].AccountBasedExpenseLineDetail.AccountRef -> Account
            Line[].AccountBasedExpenseLineDetail.CustomerRef -> Customer
            Line[].AccountBasedExpenseLineDetail.ClassRef -> Class
            Line[].AccountBasedExpenseLineDetail.TaxCodeRef -> TaxCode
            Line[].AccountBasedExpenseLineDetail.MarkupInfo.MarkUpIncomeAccountRef -> Account [read-only]
            Line[].ProjectRef -> Project [external]
            LinkedTxn[] => *
            Line[].LinkedTxn[] => ReimburseCharge
            CustomField[].DefinitionId -> CustomFieldDefinition [external]
            """
        ),
    ),
    EntityType(
        name="PurchaseOrder",
        kind=Kind.TRANSACTION,
        operations=words("create read query update delete pdf send"),
        path="purchaseorder",
        delete=Delete.HARD,
        webhooks=words("create update delete emailed"),
        attachable=True,
        required=words("APAccountRef VendorRef Line"),
        computed=words("TotalAmt HomeTotalAmt RecurDataRef LinkedTxn"),
        filterable=words("DocNumber DueDate Id TxnDate"),
        sortable=words("DocNumber DueDate Id TxnDate"),
        references=references(
            """
            VendorRef -> Vendor
            APAccountRef -> Account
            ClassRef -> Class
            SalesTermRef -> Term
            ShipTo -> Customer
            DropShipToEntity -> Customer
            ShipMethodRef -> ShipMethod [external]
            TaxCodeRef -> TaxCode
            ReimbursableInfoRef -> Customer
            DepartmentRef -> Department
            CurrencyRef -> CompanyCurrency [by Code]
            RecurDataRef -> RecurringTransaction [read-only]
            ProjectRef -> Project [external]
            CustomField[].DefinitionId -> CustomFieldDefinition [external]
            TxnTaxDetail.TxnTaxCodeRef -> TaxCode
            TxnTaxDetail.TaxLine[].TaxLineDetail.TaxRateRef -> TaxRate
            Line[].ItemBasedExpenseLineDetail.ItemRef -> Item
            Line[].ItemBasedExpenseLineDetail.CustomerRef -> Customer
            Line[].ItemBasedExpenseLineDetail.ClassRef -> Class
            Line[].ItemBasedExpenseLineDetail.TaxCodeRef -> TaxCode
            Line[].ItemBasedExpenseLineDetail.MarkupInfo.MarkUpIncomeAccountRef -> Account [read-only]
            Line[].AccountBasedExpenseLineDetail.AccountRef -> Account
            Line[].AccountBasedExpenseLineDetail.CustomerRef -> Customer
            Line[].AccountBasedExpenseLineDetail.ClassRef -> Class
            Line[].AccountBasedExpenseLineDetail.TaxCodeRef -> TaxCode
            Line[].AccountBasedExpenseLineDetail.MarkupInfo.MarkUpIncomeAccountRef -> Account [read-only]
            LinkedTxn[] => Bill [read-only]
            """
        ),
    ),
)
