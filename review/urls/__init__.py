"""What chapter 5 gives each workspace."""

from review.urls import apply as of_apply
from review.urls import expert as of_expert
from review.urls import manage as of_manage
from review.urls import objections, panel, shortlist
from review.urls import public as of_public

apply = of_apply.apply
expert = [*panel.expert, *of_expert.expert]
manage = [*of_manage.manage, *panel.manage, *shortlist.manage, *objections.manage]
public = of_public.public
