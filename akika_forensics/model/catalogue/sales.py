"""Customer side: what is sold, credited, refunded and received.

Source of every row: QuickBooks Online Accounting API v3, entity pages and schemas.
"""

from akika_forensics.model.catalogue.entity import Delete, EntityType, Kind, references, words

ROWS: tuple[EntityType, ...] = (
    EntityType(
        name="Invoice",
        kind=Kind.TRANSACTION,
        operations=words("create read query update sparse delete void pdf send"),
        path="invoice",
        delete=Delete.HARD,
        void="operation=void",
        webhooks=words("create update delete void emailed"),
        attachable=True,
        required=words("CustomerRef Line"),
        computed=words(
            "TotalAmt Balance HomeTotalAmt HomeBalance EmailStatus InvoiceLink DeliveryInfo RecurDataRef TaxExemptionRef FreeFormAddress"
        ),
        filterable=words("Balance CustomerRef DocNumber DueDate Id ProjectRef SalesTermRef TxnDate"),
        sortable=words("Balance DocNumber DueDate Id TxnDate"),
        references=references(
            """
            CustomerRef -> Customer
            ClassRef -> Class
            DepartmentRef -> Department
            CurrencyRef -> CompanyCurrency [by Code]
            SalesTermRef -> Term
            ShipMethodRef -> ShipMethod [external]
            DepositToAccountRef -> Account
            TaxExemptionRef -> TaxExemptionReason [external]
            RecurDataRef -> RecurringTransaction [read-only]
            ProjectRef -> Project [external]
            CustomField[].DefinitionId -> CustomFieldDefinition [external]
            TxnTaxDetail.TxnTaxCodeRef -> TaxCode
            TxnTaxDetail.TaxLine[].TaxLineDetail.TaxRateRef -> TaxRate
            ARAccountRef -> Account
            Line[].SalesItemLineDetail.ItemRef -> Item
            Line[].SalesItemLineDetail.ClassRef -> Class
            Line[].SalesItemLineDetail.TaxCodeRef -> TaxCode
            Line[].SalesItemLineDetail.ItemAccountRef -> Account [read-only]
            Line[].SalesItemLineDetail.TaxClassificationRef -> TaxClassification
            Line[].SalesItemLineDetail.MarkupInfo.MarkUpIncomeAccountRef -> Account [read-only]
            Line[].GroupLineDetail.GroupItemRef -> Item
            Line[].GroupLineDetail.Line[].SalesItemLineDetail.ItemRef -> Item
            Line[].GroupLineDetail.Line[].SalesItemLineDetail.ClassRef -> Class
            Line[].GroupLineDetail.Line[].SalesItemLineDetail.TaxCodeRef -> TaxCode
            Line[].DiscountLineDetail.DiscountAccountRef -> Account
            Line[].DiscountLineDetail.ClassRef -> Class
            Line[].DiscountLineDetail.TaxCodeRef -> TaxCode
            Line[].DescriptionLineDetail.TaxCodeRef -> TaxCode
            LinkedTxn[] => Estimate, TimeActivity, Payment, ReimburseCharge, StatementCharge, ChargeCredit
            Line[].LinkedTxn[] => Estimate, TimeActivity, ReimburseCharge, StatementCharge, ChargeCredit
            """
        ),
    ),
    EntityType(
        name="SalesReceipt",
        kind=Kind.TRANSACTION,
        operations=words("create read query update sparse delete void pdf send"),
        path="salesreceipt",
        delete=Delete.HARD,
        void="operation=update&include=void",
        webhooks=words("create update delete void emailed"),
        attachable=True,
        required=words("Line"),
        computed=words("TotalAmt Balance HomeTotalAmt HomeBalance InvoiceLink DeliveryInfo RecurDataRef"),
        filterable=words("Balance CustomerRef DocNumber Id ProjectRef TotalAmt TxnDate"),
        sortable=words("Balance DocNumber Id TxnDate"),
        references=references(
            """
            CustomerRef -> Customer
            ClassRef -> Class
            DepartmentRef -> Department
            CurrencyRef -> CompanyCurrency [by Code]
            SalesTermRef -> Term
            ShipMethodRef -> ShipMethod [external]
            PaymentMethodRef -> PaymentMethod
            DepositToAccountRef -> Account
            TaxExemptionRef -> TaxExemptionReason [external]
            RecurDataRef -> RecurringTransaction [read-only]
            ProjectRef -> Project [external]
            CustomField[].DefinitionId -> CustomFieldDefinition [external]
            TxnTaxDetail.TxnTaxCodeRef -> TaxCode
            TxnTaxDetail.TaxLine[].TaxLineDetail.TaxRateRef -> TaxRate
            Line[].SalesItemLineDetail.ItemRef -> Item
            Line[].SalesItemLineDetail.ClassRef -> Class
            Line[].SalesItemLineDetail.TaxCodeRef -> TaxCode
            Line[].SalesItemLineDetail.ItemAccountRef -> Account [read-only]
            Line[].SalesItemLineDetail.TaxClassificationRef -> TaxClassification
            Line[].SalesItemLineDetail.MarkupInfo.MarkUpIncomeAccountRef -> Account [read-only]
            Line[].GroupLineDetail.GroupItemRef -> Item
            Line[].GroupLineDetail.Line[].SalesItemLineDetail.ItemRef -> Item
            Line[].GroupLineDetail.Line[].SalesItemLineDetail.ClassRef -> Class
            Line[].GroupLineDetail.Line[].SalesItemLineDetail.TaxCodeRef -> TaxCode
            Line[].DiscountLineDetail.DiscountAccountRef -> Account
            Line[].DiscountLineDetail.ClassRef -> Class
            Line[].DiscountLineDetail.TaxCodeRef -> TaxCode
            Line[].DescriptionLineDetail.TaxCodeRef -> TaxCode
            LinkedTxn[] => *
            """
        ),
    ),
    EntityType(
        name="Estimate",
        kind=Kind.TRANSACTION,
        operations=words("create read query update sparse delete pdf send"),
        path="estimate",
        delete=Delete.HARD,
        webhooks=words("create update delete emailed"),
        attachable=True,
        required=words("CustomerRef Line"),
        computed=words("TotalAmt HomeTotalAmt DeliveryInfo RecurDataRef"),
        filterable=words("CustomerRef DocNumber DueDate Id ProjectRef TxnDate"),
        sortable=words("DocNumber DueDate Id TxnDate"),
        references=references(
            """
            CustomerRef -> Customer
            ClassRef -> Class
            DepartmentRef -> Department
            CurrencyRef -> CompanyCurrency [by Code]
            SalesTermRef -> Term
            ShipMethodRef -> ShipMethod [external]
            TaxExemptionRef -> TaxExemptionReason [external]
            RecurDataRef -> RecurringTransaction [read-only]
            ProjectRef -> Project [external]
            CustomField[].DefinitionId -> CustomFieldDefinition [external]
            TxnTaxDetail.TxnTaxCodeRef -> TaxCode
            TxnTaxDetail.TaxLine[].TaxLineDetail.TaxRateRef -> TaxRate
            Line[].SalesItemLineDetail.ItemRef -> Item
            Line[].SalesItemLineDetail.ClassRef -> Class
            Line[].SalesItemLineDetail.TaxCodeRef -> TaxCode
            Line[].SalesItemLineDetail.ItemAccountRef -> Account [read-only]
            Line[].SalesItemLineDetail.TaxClassificationRef -> TaxClassification
            Line[].SalesItemLineDetail.MarkupInfo.MarkUpIncomeAccountRef -> Account [read-only]
            Line[].GroupLineDetail.GroupItemRef -> Item
            Line[].GroupLineDetail.Line[].SalesItemLineDetail.ItemRef -> Item
            Line[].GroupLineDetail.Line[].SalesItemLineDetail.ClassRef -> Class
            Line[].GroupLineDetail.Line[].SalesItemLineDetail.TaxCodeRef -> TaxCode
            Line[].DiscountLineDetail.DiscountAccountRef -> Account
            Line[].DiscountLineDetail.ClassRef -> Class
            Line[].DiscountLineDetail.TaxCodeRef -> TaxCode
            Line[].DescriptionLineDetail.TaxCodeRef -> TaxCode
            LinkedTxn[] => Invoice
            """
        ),
    ),
    EntityType(
        name="CreditMemo",
        kind=Kind.TRANSACTION,
        operations=words("create read query update delete pdf send"),
        path="creditmemo",
        delete=Delete.HARD,
        webhooks=words("create update delete void emailed"),
        attachable=True,
        required=words("CustomerRef Line"),
        computed=words("TotalAmt Balance HomeTotalAmt HomeBalance RemainingCredit DeliveryInfo RecurDataRef"),
        filterable=words("Balance CustomerRef DocNumber Id ProjectRef SalesTermRef TxnDate"),
        sortable=words("Balance DocNumber Id TxnDate"),
        references=references(
            """
            CustomerRef -> Customer
            ClassRef -> Class
            DepartmentRef -> Department
            CurrencyRef -> CompanyCurrency [by Code]
            SalesTermRef -> Term
            ShipMethodRef -> ShipMethod [external]
            PaymentMethodRef -> PaymentMethod
            TaxExemptionRef -> TaxExemptionReason [external]
            RecurDataRef -> RecurringTransaction [read-only]
            ProjectRef -> Project [external]
            CustomField[].DefinitionId -> CustomFieldDefinition [external]
            TxnTaxDetail.TxnTaxCodeRef -> TaxCode
            TxnTaxDetail.TaxLine[].TaxLineDetail.TaxRateRef -> TaxRate
            InvoiceRef -> Invoice
            Line[].SalesItemLineDetail.ItemRef -> Item
            Line[].SalesItemLineDetail.ClassRef -> Class
            Line[].SalesItemLineDetail.TaxCodeRef -> TaxCode
            Line[].SalesItemLineDetail.ItemAccountRef -> Account [read-only]
            Line[].SalesItemLineDetail.TaxClassificationRef -> TaxClassification
            Line[].SalesItemLineDetail.MarkupInfo.MarkUpIncomeAccountRef -> Account [read-only]
            Line[].GroupLineDetail.GroupItemRef -> Item
            Line[].GroupLineDetail.Line[].SalesItemLineDetail.ItemRef -> Item
            Line[].GroupLineDetail.Line[].SalesItemLineDetail.ClassRef -> Class
            Line[].GroupLineDetail.Line[].SalesItemLineDetail.TaxCodeRef -> TaxCode
            Line[].DiscountLineDetail.DiscountAccountRef -> Account
            Line[].DiscountLineDetail.ClassRef -> Class
            Line[].DiscountLineDetail.TaxCodeRef -> TaxCode
            Line[].DescriptionLineDetail.TaxCodeRef -> TaxCode
            LinkedTxn[] => Payment [read-only]
            """
        ),
    ),
    EntityType(
        name="RefundReceipt",
        kind=Kind.TRANSACTION,
        operations=words("create read query update sparse delete pdf send"),
        path="refundreceipt",
        delete=Delete.HARD,
        webhooks=words("create update delete void emailed"),
        attachable=True,
        required=words("DepositToAccountRef Line"),
        computed=words("TotalAmt Balance HomeTotalAmt HomeBalance DeliveryInfo RecurDataRef"),
        filterable=words(
            "Balance CheckPayment CreditCardPayment CustomerRef DocNumber Id PaymentType ProjectRef TxnDate"
        ),
        sortable=words("Balance CheckPayment CreditCardPayment DocNumber Id PaymentType TxnDate"),
        references=references(
            """
            CustomerRef -> Customer
            ClassRef -> Class
            DepartmentRef -> Department
            CurrencyRef -> CompanyCurrency [by Code]
            SalesTermRef -> Term
            ShipMethodRef -> ShipMethod [external]
            PaymentMethodRef -> PaymentMethod
            DepositToAccountRef -> Account
            TaxExemptionRef -> TaxExemptionReason [external]
            RecurDataRef -> RecurringTransaction [read-only]
            ProjectRef -> Project [external]
            CustomField[].DefinitionId -> CustomFieldDefinition [external]
            TxnTaxDetail.TxnTaxCodeRef -> TaxCode
            TxnTaxDetail.TaxLine[].TaxLineDetail.TaxRateRef -> TaxRate
            Line[].SalesItemLineDetail.ItemRef -> Item
            Line[].SalesItemLineDetail.ClassRef -> Class
            Line[].SalesItemLineDetail.TaxCodeRef -> TaxCode
            Line[].SalesItemLineDetail.ItemAccountRef -> Account [read-only]
            Line[].SalesItemLineDetail.TaxClassificationRef -> TaxClassification
            Line[].SalesItemLineDetail.MarkupInfo.MarkUpIncomeAccountRef -> Account [read-only]
            Line[].GroupLineDetail.GroupItemRef -> Item
            Line[].GroupLineDetail.Line[].SalesItemLineDetail.ItemRef -> Item
            Line[].GroupLineDetail.Line[].SalesItemLineDetail.ClassRef -> Class
            Line[].GroupLineDetail.Line[].SalesItemLineDetail.TaxCodeRef -> TaxCode
            Line[].DiscountLineDetail.DiscountAccountRef -> Account
            Line[].DiscountLineDetail.ClassRef -> Class
            Line[].DiscountLineDetail.TaxCodeRef -> TaxCode
            Line[].DescriptionLineDetail.TaxCodeRef -> TaxCode
            LinkedTxn[] => *
            """
        ),
    ),
    EntityType(
        name="Payment",
        kind=Kind.TRANSACTION,
        operations=words("create read query update delete void pdf send"),
        path="payment",
        delete=Delete.HARD,
        void="operation=update&include=void",
        webhooks=words("create update delete void emailed"),
        attachable=True,
        required=words("CustomerRef TotalAmt"),
        computed=words("UnappliedAmt HomeTotalAmt LinkedTxn Line[].LineEx"),
        filterable=words("CustomerRef Id PaymentMethodRef PaymentRefNum TotalAmt TxnDate"),
        sortable=words("Id TxnDate"),
        references=references(
            """
            CustomerRef -> Customer
            ARAccountRef -> Account
            DepositToAccountRef -> Account
            PaymentMethodRef -> PaymentMethod
            CurrencyRef -> CompanyCurrency [by Code]
            ProjectRef -> Project [external]
            CustomField[].DefinitionId -> CustomFieldDefinition [external]
            Line[].LinkedTxn[] => Invoice, CreditMemo, JournalEntry, Purchase
            LinkedTxn[] => Deposit [read-only]
            """
        ),
    ),
)
