"""Lists that transactions refer to: accounts, names, items, terms, taxes.

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
    EntityType(
        name="Class",
        kind=Kind.NAME_LIST,
        operations=words("create read query update"),
        path="class",
        delete=Delete.SOFT,
        webhooks=words("create update delete merge"),
        required=words("Name"),
        computed=words("FullyQualifiedName"),
        unique=words("FullyQualifiedName"),
        filterable=words("Active FullyQualifiedName Id"),
        sortable=words("Active FullyQualifiedName Id"),
        references=references(
            """
            ParentRef -> Class
            """
        ),
    ),
    EntityType(
        name="Department",
        kind=Kind.NAME_LIST,
        operations=words("create read query update"),
        path="department",
        delete=Delete.SOFT,
        webhooks=words("create update merge"),
        required=words("Name"),
        computed=words("FullyQualifiedName"),
        unique=words("FullyQualifiedName"),
        filterable=words("Active FullyQualifiedName Id"),
        sortable=words("Active FullyQualifiedName Id"),
        references=references(
            """
            ParentRef -> Department
            """
        ),
    ),
    EntityType(
        name="PaymentMethod",
        kind=Kind.NAME_LIST,
        operations=words("create read query update"),
        path="paymentmethod",
        delete=Delete.SOFT,
        webhooks=words("create update merge delete?"),
        required=words("Name"),
        unique=words("Name"),
        filterable=words("Active Id"),
        sortable=words("Active Id"),
    ),
    EntityType(
        name="Term",
        kind=Kind.NAME_LIST,
        operations=words("create read query update"),
        path="term",
        delete=Delete.SOFT,
        webhooks=words("create update"),
        required=words("Name DueDays|DayOfMonthDue"),
        computed=words("Type"),
        unique=words("Name"),
        filterable=words("Active Id Name"),
        sortable=words("Active Id Name"),
    ),
    EntityType(
        name="CustomerType",
        kind=Kind.NAME_LIST,
        operations=words("read query"),
        path="customertype",
        delete=Delete.NONE,
        filterable=words("Active Id"),
        sortable=words("Active Id"),
        references=references(
            """
            ParentRef -> CustomerType
            """
        ),
    ),
    EntityType(
        name="CompanyCurrency",
        kind=Kind.NAME_LIST,
        operations=words("create read query update"),
        path="companycurrency",
        delete=Delete.SOFT,
        webhooks=words("create update"),
        required=words("Code"),
        computed=words("Name"),
        unique=words("Code"),
        label="Code",
        filterable=words("Active Id"),
        sortable=words("Active Id"),
    ),
    EntityType(
        name="TaxAgency",
        kind=Kind.NAME_LIST,
        operations=words("create read query"),
        path="taxagency",
        delete=Delete.NONE,
        change_feed=False,
        webhooks=words("create update"),
        required=words("DisplayName"),
        unique=words("DisplayName"),
        label="DisplayName",
        filterable=words("Id"),
        sortable=words("Id"),
    ),
    EntityType(
        name="TaxCode",
        kind=Kind.NAME_LIST,
        operations=words("read query"),
        path="taxcode",
        delete=Delete.NONE,
        change_feed=False,
        unique=words("Name"),
        filterable=words("Active Description Id Name"),
        sortable=words("Description Id Name"),
        references=references(
            """
            SalesTaxRateList.TaxRateDetail[].TaxRateRef -> TaxRate
            PurchaseTaxRateList.TaxRateDetail[].TaxRateRef -> TaxRate
            AdjustmentTaxRateList.TaxRateDetail[].TaxRateRef -> TaxRate
            """
        ),
    ),
    EntityType(
        name="TaxRate",
        kind=Kind.NAME_LIST,
        operations=words("read query"),
        path="taxrate",
        delete=Delete.NONE,
        change_feed=False,
        unique=words("Name"),
        filterable=words("Active AgencyRef Description Id Name TaxReturnLineRef"),
        sortable=words("Active AgencyRef Description Id Name TaxReturnLineRef"),
        references=references(
            """
            AgencyRef -> TaxAgency
            TaxReturnLineRef -> TaxReturnLine [external]
            OriginalTaxRate -> TaxRate
            """
        ),
    ),
    EntityType(
        name="TaxService",
        kind=Kind.HELPER,
        operations=words("create"),
        path="taxservice/taxcode",
        delete=Delete.NONE,
        queryable=False,
        change_feed=False,
        required=words("TaxCode TaxRateDetails"),
        references=references(
            """
            TaxRateDetails[].TaxRateId -> TaxRate
            TaxRateDetails[].TaxAgencyId -> TaxAgency
            TaxCodeId -> TaxCode
            """
        ),
    ),
    EntityType(
        name="TaxClassification",
        kind=Kind.NAME_LIST,
        operations=words("read"),
        path="taxclassification",
        delete=Delete.NONE,
        queryable=False,
        change_feed=False,
        references=references(
            """
            ParentRef -> TaxClassification
            """
        ),
    ),
    EntityType(
        name="JournalCode",
        kind=Kind.NAME_LIST,
        operations=words("create read query update"),
        path="journalcode",
        delete=Delete.UNCLEAR,
        change_feed=False,
        webhooks=words("create update"),
        required=words("Name"),
        unique=words("Name"),
        filterable=words("Id"),
        sortable=words("Id"),
    ),
)
