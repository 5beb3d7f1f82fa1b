"""Words of the catalog."""

from django.utils.translation import gettext_lazy as _

from shopops.kit.verbs import declare_verbs

declare_verbs(
    {
        "catalog.sku_added": _("added the SKU"),
        "catalog.sku_changed": _("changed the SKU"),
        "catalog.bundle_changed": _("changed the parts of the bundle"),
        "catalog.alias_remembered": _("remembered a name on the platform"),
        "catalog.campaign_planned": _("planned the campaign"),
        "catalog.campaign_changed": _("changed the campaign"),
    }
)
declare_verbs({"catalog.alias_forgotten": _("forgot a name on the platform")}, tone="warn")
declare_verbs({"catalog.campaign_cancelled": _("cancelled the campaign")}, tone="danger")
