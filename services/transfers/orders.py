"""All kinds of jobs; the journal tells them apart by their tags."""

from services.transfers.delete_job import DeleteOrder
from services.transfers.download_job import DownloadOrder
from services.transfers.upload_job import UploadOrder
from services.transfers.zip_job import ZipOrder

__all__ = ["DeleteOrder", "DownloadOrder", "Order", "UploadOrder", "ZipOrder"]

Order = UploadOrder | DownloadOrder | ZipOrder | DeleteOrder
