"""Lists by which transactions are sorted, settled and taxed: classes, terms, currencies, taxes.

Source of every row: QuickBooks Online Accounting API v3, entity pages and schemas.
"""

from akika_forensics.model.catalogue.entity import Delete, EntityType, Kind, references, words

ROWS: tuple[EntityType, ...] = (
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
