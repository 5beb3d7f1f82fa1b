"""Tables of customer service, one file a subject."""

from service.models.aftersales import (
    AfterSale,
    AfterSaleLine,
    PartClaim,
    ReturnClaim,
    ReturnParcel,
)
from service.models.buyers import (
    Blacklisting,
    Buyer,
    BuyerGroup,
    Care,
    CustomerDocument,
    Survey,
    VipLevel,
)
from service.models.complaints import (
    Complaint,
    ComplaintReport,
    Review,
)
from service.models.conversations import (
    Conversation,
    Inspection,
    InspectionCriterion,
    Message,
    PhoneCall,
    Turn,
)
from service.models.imports import (
    AgentDay,
    ColumnMapping,
    FileImport,
)
from service.models.work import (
    AutoReply,
    ChecklistItem,
    ChecklistTick,
    Consultation,
    Feedback,
    FollowUp,
    Memo,
    Promise,
    QuickPhrase,
)

__all__ = [
    "AfterSale",
    "AfterSaleLine",
    "AgentDay",
    "AutoReply",
    "Blacklisting",
    "Buyer",
    "BuyerGroup",
    "Care",
    "ChecklistItem",
    "ChecklistTick",
    "ColumnMapping",
    "Complaint",
    "ComplaintReport",
    "Consultation",
    "Conversation",
    "CustomerDocument",
    "Feedback",
    "FileImport",
    "FollowUp",
    "Inspection",
    "InspectionCriterion",
    "Memo",
    "Message",
    "PartClaim",
    "PhoneCall",
    "Promise",
    "QuickPhrase",
    "ReturnClaim",
    "ReturnParcel",
    "Review",
    "Survey",
    "Turn",
    "VipLevel",
]
