"""Master records, which transactions are about and amounts are kept of: accounts, people, items.

Source of every row: QuickBooks Online Accounting API v3, entity pages and schemas.
"""

from akika_forensics.model.catalogue.entity import Delete, EntityType, Kind, references, words

ROWS: tuple[EntityType, ...] = (
    EntityType(
        name="Account",
        kind=Kind.NAME_LIST,
        operations=words("create read query update"),
        path="account",
        delete=Delete.SOFT,
        webhooks=words("create update delete merge"),
        required=words("Name AccountType|AccountSubType"),
        computed=words("FullyQualifiedName Classification CurrentBalance CurrentBalanceWithSubAccounts"),
        opening=words("OpeningBalance OpeningBalanceDate"),
        unique=words("FullyQualifiedName AcctNum"),
        label="FullyQualifiedName",
        filterable=words(
            "AccountSubType AccountType Active Classification CurrentBalance CurrentBalanceWithSubAccounts FullyQualifiedName Id Name SubAccount"
        ),
        sortable=words("Active CurrentBalance CurrentBalanceWithSubAccounts FullyQualifiedName Id Name SubAccount"),
        references=references(
            """
            ParentRef -> Account
            CurrencyRef -> CompanyCurrency [by Code]
            TaxCodeRef -> TaxCode
            JournalCodeRef -> JournalCode
            """
        ),
    ),
    EntityType(
        name="Customer",
        kind=Kind.NAME_LIST,
        operations=words("create read query update sparse"),
        path="customer",
        delete=Delete.SOFT,
        webhooks=words("create update delete merge"),
        attachable=True,
        required=words("DisplayName|Title|GivenName|MiddleName|FamilyName|Suffix"),
        computed=words("FullyQualifiedName Level Balance BalanceWithJobs RootCustomerRef IsProject"),
        opening=words("Balance OpenBalanceDate"),
        masked=words("PrimaryTaxIdentifier SecondaryTaxIdentifier"),
        unique=words("DisplayName"),
        label="DisplayName",
        namespace="names",
        filterable=words(
            "Active Balance CompanyName DisplayName FamilyName FullyQualifiedName GivenName Id MiddleName PrimaryEmailAddr PrintOnCheckName"
        ),
        sortable=words(
            "Active Balance CompanyName DisplayName FamilyName FullyQualifiedName GivenName Id MiddleName PrintOnCheckName"
        ),
        references=references(
            """
            ParentRef -> Customer
            RootCustomerRef -> Customer [read-only]
            CustomerTypeRef -> CustomerType
            SalesTermRef -> Term
            PaymentMethodRef -> PaymentMethod
            DefaultTaxCodeRef -> TaxCode
            CurrencyRef -> CompanyCurrency [by Code]
            ARAccountRef -> Account
            TaxExemptionReasonId -> TaxExemptionReason [external]
            CustomField[].DefinitionId -> CustomFieldDefinition [external]
            """
        ),
    ),
    EntityType(
        name="Vendor",
        kind=Kind.NAME_LIST,
        operations=words("create read query update sparse"),
        path="vendor",
        delete=Delete.SOFT,
        webhooks=words("create update delete merge"),
        required=words("DisplayName|Title|GivenName|MiddleName|FamilyName|Suffix"),
        computed=words("Balance"),
        opening=words("Balance OpenBalanceDate"),
        masked=words("TaxIdentifier BusinessNumber VendorPaymentBankDetail"),
        unique=words("DisplayName"),
        label="DisplayName",
        namespace="names",
        filterable=words("Active Balance CompanyName DisplayName FamilyName GivenName Id MiddleName PrintOnCheckName"),
        sortable=words("Active Balance CompanyName DisplayName FamilyName GivenName Id MiddleName PrintOnCheckName"),
        references=references(
            """
            TermRef -> Term
            CurrencyRef -> CompanyCurrency [by Code]
            APAccountRef -> Account
            DefaultTaxCodeRef -> TaxCode
            CustomField[].DefinitionId -> CustomFieldDefinition [external]
            """
        ),
    ),
    EntityType(
        name="Employee",
        kind=Kind.NAME_LIST,
        operations=words("create read query update"),
        path="employee",
        delete=Delete.SOFT,
        webhooks=words("create update delete merge"),
        required=words("GivenName|FamilyName"),
        masked=words("SSN"),
        unique=words("DisplayName"),
        label="DisplayName",
        namespace="names",
        filterable=words("Active DisplayName FamilyName GivenName Id MiddleName PrintOnCheckName Suffix"),
        sortable=words("DisplayName FamilyName GivenName Id MiddleName PrintOnCheckName Suffix"),
        references=references(
            """
            CustomField[].DefinitionId -> CustomFieldDefinition [external]
            """
        ),
    ),
    EntityType(
        name="Item",
        kind=Kind.NAME_LIST,
        operations=words("create read query update"),
        path="item",
        delete=Delete.SOFT,
        webhooks=words("create update delete merge"),
        attachable=True,
        required=words("Name Type"),
        computed=words("FullyQualifiedName Level AvgCost"),
        opening=words("QtyOnHand InvStartDate"),
        unique=words("FullyQualifiedName"),
        label="Name",
        filterable=words("Active FullyQualifiedName Id Name SubItem Taxable Type"),
        sortable=words("Id Name Type"),
        references=references(
            """
            ParentRef -> Item
            IncomeAccountRef -> Account
            ExpenseAccountRef -> Account
            AssetAccountRef -> Account
            COGSAccountRef -> Account
            PrefVendorRef -> Vendor
            SalesTaxCodeRef -> TaxCode
            PurchaseTaxCodeRef -> TaxCode
            TaxClassificationRef -> TaxClassification
            ClassRef -> Class
            ItemGroupDetail.ItemGroupLine[].ItemRef -> Item [read-only]
            CustomField[].DefinitionId -> CustomFieldDefinition [external]
            """
        ),
    ),
)
