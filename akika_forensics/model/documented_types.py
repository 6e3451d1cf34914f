"""The types of QuickBooks' schemas and their fields, as one table.

A row is ``Type < Base = Field Field:Type …``; a field with a type is an object, or a list of objects, of that type.
``…Ex`` fields hold what QuickBooks likes; they and references are not looked into.
Source: QuickBooks Online Accounting API v3 schemas; ``_OBSERVED`` comes from recorded answers.
"""

from __future__ import annotations

from functools import cache
from typing import Final

_OBSERVED: Final[dict[str, str]] = {"MemoRef": "value"}

_TABLE: Final = """
IntuitEntity = AttachableRef:AttachableRef CustomField:CustomField Id MetaData:ModificationMetaData SyncToken domain
  sparse status
ModificationMetaData = CreateTime CreatedByRef LastChangedInQB LastModifiedByRef LastUpdatedTime Synchronized
CustomField = BooleanValue DateValue DefinitionId Name NumberValue StringValue Type
AttachableRef = AttachableRefEx CustomField:CustomField EntityRef IncludeOnSend LineInfo
Transaction < IntuitEntity = CurrencyRef DepartmentRef DocNumber ExchangeRate HomeTotalCostAmount Line:Line
  LinkedTxn:LinkedTxn PrivateNote ProjectRef RecurDataRef RecurringInfo:RecurringInfo Tag:Tag TaxFormNum TaxFormType
  TotalCostAmount TransactionLocationType TxnApprovalInfo:TxnApprovalInfo TxnDate TxnSource TxnStatus TxnSubType
  TxnTaxDetail:TxnTaxDetail
LinkedTxn = TxnId TxnLineId TxnType
Line = AccountBasedExpenseLineDetail:AccountBasedExpenseLineDetail Amount CostAmount CustomExtensions:CustomExtensions
  CustomField:CustomField DepositLineDetail:DepositLineDetail Description DescriptionLineDetail:DescriptionLineDetail
  DetailType DiscountLineDetail:DiscountLineDetail GroupLineDetail:GroupLineDetail HomeCostAmount Id
  ItemAdjustmentLineDetail:ItemAdjustmentLineDetail ItemBasedExpenseLineDetail:ItemBasedExpenseLineDetail
  ItemReceiptLineDetail:ItemReceiptLineDetail JournalEntryLineDetail:JournalEntryLineDetail LineEx LineNum
  LinkedTxn:LinkedTxn PaymentLineDetail:PaymentLineDetail ProjectRef
  PurchaseOrderItemLineDetail:PurchaseOrderItemLineDetail Received ReimburseLineDetail:ReimburseLineDetail
  SalesItemLineDetail:SalesItemLineDetail SalesOrderItemLineDetail:SalesOrderItemLineDetail
  SubTotalLineDetail:SubTotalLineDetail TDSLineDetail:TDSLineDetail TaxLineDetail:TaxLineDetail
PaymentLineDetail = Balance ClassRef Discount:DiscountOverride HomeBalance ItemRef PaymentLineEx ServiceDate
DiscountOverride = DiscountAccountRef DiscountPercent DiscountRef PercentBased
DiscountLineDetail < DiscountOverride = ClassRef DiscountLineDetailEx ServiceDate TaxCodeRef
TaxLineDetail = NetAmountTaxable OverrideDeltaAmount PercentBased ServiceDate TaxInclusiveAmount TaxLineDetailEx
  TaxPercent TaxRateRef
ItemLineDetail = ClassRef InventorySiteRef ItemAccountRef ItemRef MarkupInfo:MarkupInfo PriceLevelRef Qty RatePercent
  TaxClassificationRef TaxCodeRef UOMRef:UOMRef UnitCostPrice UnitPrice
MarkupInfo = MarkUpIncomeAccountRef Percent PercentBased PriceLevelRef Value
UOMRef = UOMSetRef Unit
SalesItemLineDetail < ItemLineDetail = DeferredRevenue DiscountAmt DiscountRate RetainageAmount SalesItemLineDetailEx
  ServiceDate TaxInclusiveAmt
DescriptionLineDetail = DescriptionLineDetailEx ServiceDate TaxCodeRef
ItemBasedExpenseLineDetail < ItemLineDetail = BillableStatus CustomerRef ItemBasedExpenseLineDetailEx TaxInclusiveAmt
AccountBasedExpenseLineDetail = AccountRef BillableStatus ClassRef CustomerRef ExpenseDetailLineDetailEx
  MarkupInfo:MarkupInfo TaxAmount TaxCodeRef TaxInclusiveAmt
ReimburseLineDetail < ItemLineDetail =
DepositLineDetail = AccountRef CheckNum ClassRef DepositLineDetailEx Entity PaymentMethodRef TaxApplicableOn
  TaxCodeRef TxnType
PurchaseOrderItemLineDetail < SalesItemLineDetail = ManPartNum ManuallyClosed OpenQty PurchaseOrderItemLineDetailEx
SalesOrderItemLineDetail < SalesItemLineDetail = ManuallyClosed
ItemReceiptLineDetail = ItemReceiptLineDetailEx
JournalEntryLineDetail = AccountRef BillableStatus ClassRef DepartmentRef Entity:EntityTypeRef JournalCodeRef
  JournalEntryLineDetailEx PostingType TaxAmount TaxApplicableOn TaxCodeRef TaxInclusiveAmt TaxRateRef
EntityTypeRef = EntityRef Type
GroupLineDetail = GroupItemRef GroupLineDetailEx Line:Line Quantity ServiceDate UOMRef:UOMRef
SubTotalLineDetail = ItemRef ServiceDate
TDSLineDetail = TDSAccountRef TDSLineDetailEx TDSSectionTypeId
ItemAdjustmentLineDetail = ClassRef ItemRef NewQty QtyDiff SalesPrice
CustomExtensions = AssociatedValues:CustomExtensionAssociatedValues ExtensionType
CustomExtensionAssociatedValues = Key Value
TxnTaxDetail = DefaultTaxCodeRef TaxLine:Line TaxReviewStatus TotalTax TxnTaxCodeRef UseAutomatedSalesTax
Tag < IntuitEntity = Name
TxnApprovalInfo = ApprovalStatus ApprovalStatusDetail LastChangedByUser LastChangedDate
RecurringInfo = Active Name RecurType ScheduleInfo:RecurringScheduleInfo
RecurringScheduleInfo = DayOfMonth DayOfWeek DaysBefore EndDate IntervalType MaxOccurrences MonthOfYear NextDate
  NumInterval PreviousDate RemindDays StartDate WeekOfMonth
SalesTransaction < Transaction = ARAccountRef ApplyTaxAfterDiscount AutoDocNumber Balance BillAddr:PhysicalAddress
  BillEmail:EmailAddress BillEmailBcc:EmailAddress BillEmailCc:EmailAddress CheckPayment:CheckPayment ClassRef
  CreditCardPayment:CreditCardPayment CustomerMemo:MemoRef CustomerRef DeliveryInfo:TransactionDeliveryInfo
  DepositToAccountRef DiscountAmt DiscountRate DueDate EmailStatus FOB FinanceCharge FreeFormAddress
  GlobalTaxCalculation GovtTxnRefIdentifier HomeBalance HomeTotalAmt PONumber PaymentMethodRef PaymentRefNum
  PaymentType PrintStatus RemitToRef SalesRepRef SalesTermRef ShipAddr:PhysicalAddress ShipDate
  ShipFromAddr:PhysicalAddress ShipMethodRef ShippingTaxIncludedInTotalTax TaxExemptionRef TemplateRef TotalAmt
  TrackingNum
MemoRef = id
PhysicalAddress = City Country CountryCode CountrySubDivisionCode County Id Lat Line1 Line2 Line3 Line4 Line5 Long
  Note PostalCode PostalCodeSuffix Tag
EmailAddress = Address Default Id Tag
CheckPayment = AcctNum BankName CheckNum CheckPaymentEx NameOnAcct Status
CreditCardPayment = CreditChargeInfo:CreditChargeInfo CreditChargeResponse:CreditChargeResponse
CreditChargeInfo = Amount BillAddrStreet CCTxnMode CCTxnType CcExpiryMonth CcExpiryYear CommercialCardCode
  CreditCardChargeInfoEx NameOnAcct Number PostalCode PrevCCTransId ProcessPayment Type
CreditChargeResponse = AuthCode AvsStreet AvsZip CCProcessor CCTransId CardSecurityCodeMatch ClientTransID
  CreditChargeResponseEx MerchantAcctNum PaymentGroupingCode ReconBatchId ResultCode ResultMsg SecurityCode Status
  TxnAuthorizationStamp TxnAuthorizationTime
TransactionDeliveryInfo = DeliveryErrorType DeliveryTime DeliveryType
Invoice < SalesTransaction = AllowIPNPayment AllowOnlineACHPayment AllowOnlineAffirmPayment
  AllowOnlineCreditCardPayment AllowOnlinePayPalPayment AllowOnlinePayment AutoPayEligible CfdiUse
  ConvenienceFeeDetail:ConvenienceFeeDetail Deposit ECloudStatusTimeStamp EInvoiceStatus
  EnabledSurchargeInfo:EnabledSurchargeInfo Exportation FinancingProductType GlobalInfo:MXGlobalInfo GratuityEnabled
  InvoiceEx InvoiceLink InvoiceLinkExpiryDate InvoiceLinkSecurityCode LessCIS PaymentDetailsMessage
  SchedulePayEligible ScheduledPaymentId SubscriptionPaymentsSetting TxnRetainageDetail:TxnRetainageDetail
  callToAction invoiceStatus invoiceStatusLog:StatusInfo
MXGlobalInfo = Month Periodicity Year
StatusInfo = callToAction status statusDate
ConvenienceFeeDetail < IntuitEntity = ConvenienceFeePercent ConvenienceFeeType
EnabledSurchargeInfo = ACH:SurchargePaymentMethodInfo Card:SurchargePaymentMethodInfo Enabled
SurchargePaymentMethodInfo = Enabled
TxnRetainageDetail = RetainageAmount RetainageOpenBalance
SalesReceipt < SalesTransaction = LessCIS SalesReceiptEx
Estimate < SalesTransaction = AcceptedBy AcceptedDate EstimateEx ExpirationDate
CreditMemo < SalesTransaction = CreditMemoEx InvoiceRef RemainingCredit
RefundReceipt < SalesTransaction = RefundReceiptEx RemainingCredit
Payment < Transaction = ARAccountRef CheckPayment:CheckPayment CreditCardPayment:CreditCardPayment CustomerRef
  DepositToAccountRef PaymentEx PaymentExtendedType PaymentMethodRef PaymentRefNum PaymentType ProcessPayment
  RemitToRef TotalAmt UnappliedAmt
PurchaseByVendor < Transaction = APAccountRef BillEmail:EmailAddress GlobalTaxCalculation Memo ReplyEmail:EmailAddress
  TotalAmt VendorRef
Bill < PurchaseByVendor = Balance BillEx DueDate HomeBalance IncludeInAnnualTPAR LessCIS PayerRef
  RemitToAddr:PhysicalAddress SalesTermRef ShipAddr:PhysicalAddress VendorAddr:PhysicalAddress
BillPayment < Transaction = APAccountRef BillPaymentEx CheckPayment:BillPaymentCheck
  CreditCardPayment:BillPaymentCreditCard PayType TotalAmt VendorAddr:PhysicalAddress VendorRef
BillPaymentCheck = BankAccountRef BillPaymentCheckEx CheckDetail:CheckPayment PayeeAddr:PhysicalAddress PrintStatus
BillPaymentCreditCard = BillPaymentCreditCardEx CCAccountRef CCDetail:CreditCardPayment
VendorCredit < PurchaseByVendor = Balance IncludeInAnnualTPAR VendorAddr:PhysicalAddress VendorCreditEx
Purchase < Transaction = AccountRef CheckPayment:CheckPayment Credit CreditCardPayment:CreditCardPayment EntityRef
  GlobalTaxCalculation IncludeInAnnualTPAR LessCIS Memo PaymentMethodRef PaymentRefNum PaymentType PrintStatus
  PurchaseEx RemitToAddr:PhysicalAddress TotalAmt
PurchaseOrder < PurchaseByVendor = ClassRef DropShipToEntity DueDate EmailStatus ExpectedDate FOB InventorySiteRef
  ManuallyClosed POEmail:EmailAddress POStatus PrintStatus PurchaseOrderEx ReimbursableInfoRef SalesTermRef
  ShipAddr:PhysicalAddress ShipMethodRef ShipTo TaxCodeRef TemplateRef VendorAddr:PhysicalAddress
JournalEntry < Transaction = Adjustment EnteredInHomeCurrency GlobalTaxCalculation HomeCurrencyAdjustment HomeTotalAmt
  JournalEntryEx TotalAmt
Deposit < Transaction = CashBack:CashBackInfo DepositEx DepositToAccountRef GlobalTaxCalculation HomeTotalAmt TotalAmt
CashBackInfo = AccountRef Amount Memo
Transfer < Transaction = Amount ClassRef FromAccountRef ToAccountRef TransferEx
CreditCardPaymentTxn < Transaction = Amount BankAccountRef CheckNum CreditCardAccountRef CreditCardPaymentEx Memo
  PrintStatus VendorRef
InventoryAdjustment < Transaction = AdjustAccountRef CustomerRef ShippingAdjustment
TimeActivity < IntuitEntity = BillableStatus BreakHours BreakMinutes BreakSeconds ClassRef CostRate CustomerRef
  DepartmentRef Description EmployeeRef EndTime HourlyRate Hours HoursInEmployeeTimeZone ItemRef Minutes NameOf
  OtherNameRef PayrollItemRef ProjectRef Seconds StartTime Taxable TimeActivityEx TimeChargeId TimeZone TxnDate
  VendorRef
RecurringTransaction < IntuitEntity =
ReimburseCharge < Transaction = Amount CustomerRef HasBeenInvoiced HomeTotalAmt
TaxPayment < IntuitEntity = Description PaymentAccountRef PaymentAmount PaymentDate Refund
Account < IntuitEntity = AccountAlias AccountEx AccountPurposes AccountSubType AccountType AcctNum AcctNumExtn Active
  BankNum Classification CurrencyRef CurrentBalance CurrentBalanceWithSubAccounts Description FIName
  FullyQualifiedName JournalCodeRef Name OnlineBankingEnabled OpeningBalance OpeningBalanceDate ParentRef SubAccount
  TaxAccount TaxCodeRef TxnLocationType
NameBase < IntuitEntity = Active AlternatePhone:TelephoneNumber CompanyName DefaultTaxCodeRef DisplayName FamilyName
  Fax:TelephoneNumber FullyQualifiedName GivenName IntuitId MiddleName Mobile:TelephoneNumber Organization
  OtherContactInfo:ContactInfo PrimaryEmailAddr:EmailAddress PrimaryPhone:TelephoneNumber PrintOnCheckName Suffix
  Title UserId V4IDPseudonym WebAddr:WebSiteAddress
TelephoneNumber = AreaCode CountryCode Default DeviceType ExchangeCode Extension FreeFormNumber Id Tag
WebSiteAddress = Default Id Tag URI
ContactInfo = Email:EmailAddress OtherContact:GenericContactType Telephone:TelephoneNumber Type WebSite:WebSiteAddress
GenericContactType = Default Id Name Tag Type Value
Customer < NameBase = ARAccountRef AcctNum AltContactName Balance BalanceWithJobs BillAddr:PhysicalAddress
  BillWithParent BusinessNumber CCDetail:CreditChargeInfo ClientCompanyId ClientEntityId ContactName CreditLimit
  CurrencyRef CustomerEx CustomerTypeRef GSTIN GSTRegistrationType IsCISContractor IsProject Job JobInfo:JobInfo Level
  Notes OpenBalanceDate OtherAddr:PhysicalAddress OverDueBalance ParentRef PaymentMethodRef PreferredDeliveryMethod
  PriceLevelRef PrimaryTaxIdentifier ResaleNum RootCustomerRef SalesRepRef SalesTermRef SecondaryTaxIdentifier
  ShipAddr:PhysicalAddress Source TDSEnabled TaxExemptionReasonId TaxGroupCodeRef TaxRateRef TaxRegime Taxable
  TotalExpense TotalRevenue
JobInfo = Description EndDate JobTypeRef ProjectedEndDate StartDate Status
Vendor < NameBase = APAccountRef AcctNum AgencyVerificationStatus AgencyVerificationStatusMsg AgencyVerificationTSUTC
  AltContactName Balance BillAddr:PhysicalAddress BillRate BusinessNumber CISRate CompanyRegistrationNumber
  ContactName CostRate CreditLimit CurrencyRef GSTIN GSTRegistrationType HasTPAR IsSubContractor Notes OpenBalanceDate
  OtherAddr:PhysicalAddress ParentRef PrefillAccountRef ShipAddr:PhysicalAddress Source SubcontractorType T4AEligible
  T5018Eligible TDSEnabled TDSEntityTypeId TDSOverrideThreshold TDSSectionTypeId TaxCountry TaxIdEffectiveDate
  TaxIdentifier TaxReportingBasis TermRef Vendor1099 VendorEx VendorPaymentBankDetail:VendorBankAccountDetail
  VendorTypeRef
VendorBankAccountDetail = BankAccountName BankAccountNumber BankBranchIdentifier StatementText
Employee < NameBase = BillRate BillableTime BirthDate CostRate EmployeeEx EmployeeNumber EmployeeType Gender HiredDate
  Notes OtherAddr:PhysicalAddress PrimaryAddr:PhysicalAddress ReleasedDate SSN UseTimeEntry
Item < IntuitEntity = AbatementRate Active AssetAccountRef AvgCost BuildPoint COGSAccountRef ClassRef
  CustomExtensions:CustomExtensions DeferredRevenue DepositToAccountRef Description ExpenseAccountRef
  FullyQualifiedName IncomeAccountRef InvStartDate ItemAssemblyDetail:ItemAssemblyDetail ItemCategoryType ItemEx
  ItemGroupDetail:ItemGroupDetail Level ManPartNum Name ParentRef PaymentMethodRef PercentBased PrefVendorRef
  PrintGroupedItems PurchaseCost PurchaseDesc PurchaseTaxCodeRef PurchaseTaxIncluded QtyOnHand QtyOnPurchaseOrder
  QtyOnSalesOrder RatePercent ReorderPoint ReverseChargeRate SalesTaxCodeRef SalesTaxIncluded ServiceType Sku Source
  SpecialItem SpecialItemType SubItem TaxClassificationRef Taxable TrackQtyOnHand Type UOMSetRef UQCDisplayText UQCId
  UnitPrice
ItemGroupDetail = ItemGroupLine:ItemComponentLine
ItemComponentLine = ItemRef Qty UOMRef:UOMRef
ItemAssemblyDetail = ItemAssemblyLine:ItemComponentLine
Class < IntuitEntity = Active ClassEx FullyQualifiedName Name ParentRef SubClass
Department < IntuitEntity = Active Address:PhysicalAddress DepartmentEx FullyQualifiedName Name ParentRef
  SubDepartment
PaymentMethod < IntuitEntity = Active Name PaymentMethodEx Type
Term < IntuitEntity = Active DayOfMonthDue DiscountDayOfMonth DiscountDays DiscountPercent DueDays DueNextMonthDays
  Name SalesTermEx Type
CustomerType < IntuitEntity = Active FullyQualifiedName Name ParentRef
CompanyCurrency < IntuitEntity = Active Code CompanyCurrencyEx Name
TaxAgency < Vendor = LastFileDate ReportingPeriod SalesTaxCodeRef SalesTaxCountry SalesTaxReturnRef TaxAgencyConfig
  TaxAgencyExt TaxOnPurchasesAccountRef TaxOnTax TaxRegistrationNumber TaxTrackedOnPurchases TaxTrackedOnSales
  TaxTrackedOnSalesAccountRef
TaxCode < IntuitEntity = Active AdjustmentTaxRateList:TaxRateList Description Hidden Name
  PurchaseTaxRateList:TaxRateList SalesTaxRateList:TaxRateList TaxCodeConfigType TaxCodeEx TaxGroup Taxable
TaxRateList = TaxRateDetail:TaxRateDetail originatingGroupId
TaxRateDetail = TaxOnTaxOrder TaxOrder TaxRateRef TaxTypeApplicable
TaxRate < IntuitEntity = Active AgencyRef Description DisplayType EffectiveTaxRate:EffectiveTaxRate Name
  OriginalTaxRate RateValue SpecialTaxType TaxRateEx TaxReturnLineRef
EffectiveTaxRate = EffectiveDate EffectiveTaxRateEx EndDate RateValue
TaxService < IntuitEntity = Fault:Fault TaxCode TaxCodeId TaxRateDetails:TaxRateDetails
TaxRateDetails = RateValue TaxAgencyId TaxApplicableOn TaxRateId TaxRateName
Fault = Error:Error type
Error = Detail DetailLink Message code element
TaxClassification < IntuitEntity = ApplicableTo Code Description Level Name ParentRef
JournalCode < IntuitEntity = Active Description JournalCodeEx Name Type
Budget < IntuitEntity = Active BudgetDetail:BudgetDetail BudgetEntryType BudgetType EndDate Name StartDate
BudgetDetail = AccountRef Amount BudgetDate ClassRef CustomExtensions:BudgetCustomExtensions CustomerRef DepartmentRef
BudgetCustomExtensions = AssociatedValue:BudgetCustomExtensionAssociatedValue ExtensionType
BudgetCustomExtensionAssociatedValue = Key Value
CompanyInfo < IntuitEntity = CompanyAddr:PhysicalAddress CompanyEmailAddr:EmailAddress CompanyFileName CompanyInfoEx
  CompanyName CompanyStartDate CompanyURL:WebSiteAddress CompanyUserAdminEmail CompanyUserId Country
  CustomerCommunicationAddr:PhysicalAddress CustomerCommunicationEmailAddr:EmailAddress DefaultTimeZone
  Email:EmailAddress EmployerId Fax:TelephoneNumber FifoCalculationStatus FiscalYearStartMonth FlavorStratum
  LastImportedTime LastSyncTime LegalAddr:PhysicalAddress LegalName Mobile:TelephoneNumber MultiByteCharsSupported
  NameValue:NameValue OtherAddr:PhysicalAddress OtherContactInfo:ContactInfo PrimaryPhone:TelephoneNumber QBVersion
  SampleFile ShipAddr:PhysicalAddress SupportedLanguages TaxYearStartMonth WebAddr:WebSiteAddress
NameValue = Name Value
Preferences < IntuitEntity = AccountingInfoPrefs:CompanyAccountingPrefs AdvancedInventoryPrefs:AdvancedInventoryPrefs
  CurrencyPrefs:CurrencyPrefs EmailMessagesPrefs:EmailMessagesPrefs FinanceChargesPrefs:FinanceChargePrefs
  OtherPrefs:OtherPrefs PrintDocumentPrefs:PrintDocumentPrefs ProductAndServicesPrefs:ProductAndServicesPrefs
  ReportPrefs:ReportPrefs SalesFormsPrefs:SalesFormsPrefs TaxPrefs:TaxPrefs TimeTrackingPrefs:TimeTrackingPrefs
  VendorAndPurchasesPrefs:VendorAndPurchasesPrefs
CompanyAccountingPrefs = AutoJournalEntryNumber BookCloseDate ClassTrackingPerTxn ClassTrackingPerTxnLine
  CustomerTerminology DefaultAPAccount DefaultARAccount DepartmentTerminology FirstMonthOfFiscalYear
  OtherContactInfo:ContactInfo RequiresAccounts TaxForm TaxYearMonth TrackDepartments UseAccountNumbers
AdvancedInventoryPrefs = BarcodeEnabled EnhancedInventoryReceivingEnabled FIFOEffectiveDate FIFOEnabled MLIAvailable
  MLIEnabled RowShelfBinEnabled TrackingOnBuildAssemblyEnabled TrackingOnInventoryAdjustmentEnabled
  TrackingOnPurchaseTransactionsEnabled TrackingOnSalesTransactionsEnabled TrackingSerialOrLotNumber
ProductAndServicesPrefs = ForPurchase ForSales InventoryAndPurchaseOrder QuantityOnHand QuantityWithPriceAndRate
  RevenueRecognition RevenueRecognitionFrequency UOM
SalesFormsPrefs = AllowDeposit AllowDiscount AllowEstimates AllowServiceDate AllowShipping AutoApplyCredit
  AutoApplyPayments CustomField:CustomFieldDefinition CustomTxnNumbers DefaultCustomerMessage DefaultDeliveryMethod
  DefaultDiscountAccount DefaultFOB DefaultItem DefaultMarkup DefaultShipMethodRef DefaultShippingAccount DefaultTerms
  DelayedCharges ETransactionAttachPDF ETransactionEnabledStatus ETransactionPaymentEnabled EmailCopyToCompany
  EstimateMessage IPNSupportEnabled InvoiceMessage PrintItemWithZeroAmount SalesEmailBcc:EmailAddress
  SalesEmailCc:EmailAddress TrackReimbursableExpensesAsIncome UsingPriceLevels UsingProgressInvoicing UsingSalesOrders
CustomFieldDefinition < IntuitEntity = AppId EntityType Hidden Name Required
EmailMessagesPrefs = EstimateMessage:EmailMessage InvoiceMessage:EmailMessage NameValue:NameValue
  SalesReceiptMessage:EmailMessage StatementMessage:EmailMessage
EmailMessage = Message Subject
PrintDocumentPrefs = NameValue:NameValue
VendorAndPurchasesPrefs = AutomaticBillPayment BillableExpenseTracking DaysBillsAreDue DefaultMarkup
  DefaultMarkupAccount DefaultTerms DiscountAccountRef EnableBills MsgToVendors POCustomField:CustomFieldDefinition
  TPAREnabled TrackingByCustomer UsingInventory UsingMultiLocationInventory
TimeTrackingPrefs = BillCustomers DefaultTimeItem MarkExpensesAsBillable MarkTimeEntriesBillable ShowBillRateToAll
  TimeTrackingEnabled UseServices WorkWeekStartDate
TaxPrefs = HideTaxManagement NonTaxableSalesTaxCodeRef PartnerTaxEnabled PaySalesTax TaxGroupCodeRef TaxRateRef
  TaxableSalesTaxCodeRef UsingSalesTax
FinanceChargePrefs = AnnualInterestRate AssessFinChrgForOverdueCharges CalcFinChrgFromTxnDate FinChrgAccountRef
  GracePeriod MinFinChrg
CurrencyPrefs = HomeCurrency MultiCurrencyEnabled
ReportPrefs = CalcAgingReportFromTxnDate ReportBasis
OtherPrefs = NameValue:NameValue
ExchangeRate < IntuitEntity = AsOfDate ExchangeRateEx Rate SourceCurrencyCode TargetCurrencyCode
Attachable < IntuitEntity = AttachableEx Category ContentType FileAccessUri FileName Lat Long Note PlaceName Size Tag
  TempDownloadUri ThumbnailFileAccessUri ThumbnailTempDownloadUri documentId
"""


@cache
def rows() -> dict[str, tuple[str, dict[str, str]]]:
    """Each type's base and its own fields with their types."""
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for line in _TABLE.replace("\n  ", " ").strip().splitlines():
        head, _, fields = line.partition("=")
        name, _, base = (part.strip() for part in head.partition("<"))
        found[name] = base, dict(_field(text) for text in fields.split())
    for name, fields in _OBSERVED.items():
        found[name][1].update(_field(text) for text in fields.split())
    return found


def _field(text: str) -> tuple[str, str]:
    name, _, inner = text.partition(":")
    return name, inner
