"""An example of a resource, to be replaced."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel

router = APIRouter(prefix="/greetings", tags=["greetings"])


class Greeting(BaseModel):
    """What a greeting says."""

    message: str


@router.get("/{name}")
async def greet(name: Annotated[str, Path(max_length=50)]) -> Greeting:
    """Greet somebody."""
    return Greeting(message=f"Hello, {name}!")
