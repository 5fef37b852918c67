"""Pictures of the work."""

from fastapi import APIRouter

router = APIRouter()
