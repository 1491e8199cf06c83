"""Puts a model folder on the Hugging Face Hub."""

from __future__ import annotations

from pathlib import Path

from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalTokenNotFoundError, OfflineModeIsEnabled
from huggingface_hub.utils._validators import validate_repo_id

from khabar.pages import KhabarError, first_line

#: What of a model folder is published: what it takes to use it, and how it was made. No pickled weights.
PUBLISHED = ("*.json", "*.safetensors", "*.md", "*.yaml", "*.svg")
KEPT_BACK = (".*", "logs/*")


def check_id(name: str) -> None:
    """Raises KhabarError for what is no Hub id, before a training begins."""
    try:
        validate_repo_id(name)
    except HFValidationError as error:
        raise KhabarError(f"--push-to-hub {name}: {error}") from None
    if name.count("/") != 1:
        raise KhabarError(f"--push-to-hub {name}: expected NAME/MODEL, such as my-name/khabar-sudan")


def push(folder: Path, name: str, *, api: HfApi | None = None) -> str:
    """Makes the (private) repository where there is none, uploads the folder in one commit, and returns its address.

    Raises KhabarError where the Hub refuses or is out of reach; the folder stays.
    """
    api = api or HfApi()
    try:
        api.create_repo(name, repo_type="model", private=True, exist_ok=True)
        commit = api.upload_folder(
            repo_id=name,
            folder_path=folder,
            allow_patterns=list(PUBLISHED),
            ignore_patterns=list(KEPT_BACK),
            commit_message="A tagger trained with khabar",
        )
    except (HfHubHTTPError, LocalTokenNotFoundError, OfflineModeIsEnabled, OSError, ValueError) as error:
        raise KhabarError(
            f"--push-to-hub {name}: the Hub did not take it ({first_line(error)}); the model is in {folder}, "
            f"push it again with 'hf upload {name} {folder}' after 'hf auth login'"
        ) from None
    return str(commit.repo_url if hasattr(commit, "repo_url") else commit)
