"""All kinds of jobs. The journal tells them apart by their tags."""

from services.transfers.change_job import ChangeJob
from services.transfers.clean_up_job import CleanUpJob
from services.transfers.copy_job import CopyJob
from services.transfers.delete_job import DeleteJob
from services.transfers.download_job import DownloadJob
from services.transfers.upload_job import UploadJob
from services.transfers.zip_job import ZipJob

__all__ = [
    "AnyJob",
    "ChangeJob",
    "CleanUpJob",
    "CopyJob",
    "DeleteJob",
    "DownloadJob",
    "UploadJob",
    "ZipJob",
]

AnyJob = UploadJob | DownloadJob | ZipJob | DeleteJob | CleanUpJob | ChangeJob | CopyJob
