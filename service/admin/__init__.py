"""Reference data of customer service in the admin site; every change also leaves an event."""

from django.contrib import admin

from service.admin.buyers import BuyerGroupAdmin, VipLevelAdmin
from service.admin.sheets import ChecklistItemAdmin, InspectionCriterionAdmin
from service.models import BuyerGroup, ChecklistItem, InspectionCriterion, VipLevel

admin.site.register(VipLevel, VipLevelAdmin)
admin.site.register(BuyerGroup, BuyerGroupAdmin)
admin.site.register(InspectionCriterion, InspectionCriterionAdmin)
admin.site.register(ChecklistItem, ChecklistItemAdmin)
