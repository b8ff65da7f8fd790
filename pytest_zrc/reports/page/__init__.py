"""``report.html``: the results of a run as one page that needs nothing beside itself."""

from pytest_zrc.reports.page.render import report_page, require_report

__all__ = ["PAGE", "report_page", "require_report"]

PAGE = "report.html"  # among the results
