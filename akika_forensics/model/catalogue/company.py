"""The company itself: settings, budgets, rates, attachments.

Source of every row: QuickBooks Online Accounting API v3, entity pages and schemas.
"""

from akika_forensics.model.catalogue.entity import Delete, EntityType, Kind, references, words

ROWS: tuple[EntityType, ...] = (
    EntityType(
        name="Budget",
        kind=Kind.OTHER,
        operations=words("create read query update delete"),
        path="budget",
        delete=Delete.HARD,
        webhooks=words("create update"),
        required=words("StartDate EndDate"),
        unique=words("Name"),
        label="Name",
        filterable=words("Active BudgetType Id Name"),
        sortable=words("BudgetType Id Name"),
        references=references(
            """
            BudgetDetail[].AccountRef -> Account
            BudgetDetail[].CustomerRef -> Customer
            BudgetDetail[].ClassRef -> Class
            BudgetDetail[].DepartmentRef -> Department
            """
        ),
    ),
    EntityType(
        name="CompanyInfo",
        kind=Kind.CONFIG,
        operations=words("read query update sparse"),
        path="companyinfo",
        delete=Delete.NONE,
        computed=words("CompanyStartDate SupportedLanguages NameValue"),
        label="CompanyName",
        filterable=words("Id"),
        sortable=words("Id"),
    ),
    EntityType(
        name="Preferences",
        kind=Kind.CONFIG,
        operations=words("read query update"),
        path="preferences",
        delete=Delete.NONE,
        webhooks=words("update"),
        references=references(
            """
            AccountingInfoPrefs.DefaultARAccount -> Account
            AccountingInfoPrefs.DefaultAPAccount -> Account
            SalesFormsPrefs.DefaultTerms -> Term
            SalesFormsPrefs.DefaultItem -> Item
            SalesFormsPrefs.DefaultShipMethodRef -> ShipMethod [external]
            SalesFormsPrefs.DefaultDiscountAccount -> Account
            SalesFormsPrefs.DefaultShippingAccount -> Account
            VendorAndPurchasesPrefs.DefaultTerms -> Term
            VendorAndPurchasesPrefs.DefaultMarkupAccount -> Account
            VendorAndPurchasesPrefs.DiscountAccountRef -> Account
            TimeTrackingPrefs.DefaultTimeItem -> Item
            CurrencyPrefs.HomeCurrency -> CompanyCurrency [by Code]
            FinanceChargesPrefs.FinChrgAccountRef -> Account
            TaxPrefs.TaxGroupCodeRef -> TaxCode
            TaxPrefs.TaxRateRef -> TaxRate
            """
        ),
    ),
    EntityType(
        name="ExchangeRate",
        kind=Kind.CONFIG,
        operations=words("read query update"),
        path="exchangerate",
        delete=Delete.NONE,
        required=words("SourceCurrencyCode Rate AsOfDate"),
        label="SourceCurrencyCode",
        filterable=words("AsOfDate SourceCurrencyCode"),
        references=references(
            """
            SourceCurrencyCode -> CompanyCurrency [by Code]
            TargetCurrencyCode -> CompanyCurrency [by Code]
            """
        ),
    ),
    EntityType(
        name="Entitlements",
        kind=Kind.CONFIG,
        operations=words("read"),
        path="entitlements",
        delete=Delete.NONE,
        queryable=False,
        change_feed=False,
    ),
    EntityType(
        name="Attachable",
        kind=Kind.ATTACHMENT,
        operations=words("create read query update delete upload download"),
        path="attachable",
        delete=Delete.HARD,
        required=words("Note|FileName"),
        computed=words("Size FileAccessUri TempDownloadUri ThumbnailFileAccessUri ThumbnailTempDownloadUri"),
        label="FileName",
        filterable=words("Category ContentType FileName Id Lat Long Note PlaceName Size Tag ThumbnailTempDownloadUri"),
        sortable=words("Category ContentType FileName Id Lat Long Note PlaceName Size Tag ThumbnailTempDownloadUri"),
        references=references(
            """
            AttachableRef[].EntityRef -> * [type at AttachableRef[].EntityRef.type]
            AttachableRef[].LineInfo -> (line id) [external]
            """
        ),
    ),
)
