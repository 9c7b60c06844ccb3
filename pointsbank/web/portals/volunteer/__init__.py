"""The cardholder's own page, `/me/` (我的积分): made for a telephone, one file a subject."""

from pointsbank.web.portals.volunteer.activities import blueprint as activities
from pointsbank.web.portals.volunteer.arriving import blueprint as arriving
from pointsbank.web.portals.volunteer.cases import blueprint as cases
from pointsbank.web.portals.volunteer.certificates import blueprint as certificates
from pointsbank.web.portals.volunteer.data import blueprint as data
from pointsbank.web.portals.volunteer.file import blueprint as file
from pointsbank.web.portals.volunteer.help import blueprint as help_pages
from pointsbank.web.portals.volunteer.home import blueprint as home
from pointsbank.web.portals.volunteer.leading import blueprint as leading
from pointsbank.web.portals.volunteer.login import blueprint as login
from pointsbank.web.portals.volunteer.notice import blueprint as notice
from pointsbank.web.portals.volunteer.statement import blueprint as statement
from pointsbank.web.portals.volunteer.time_saved import blueprint as time_saved

BLUEPRINTS = (
    login,
    arriving,
    home,
    statement,
    cases,
    time_saved,
    notice,
    activities,
    leading,
    file,
    certificates,
    help_pages,
    data,
)

__all__ = ["BLUEPRINTS"]
