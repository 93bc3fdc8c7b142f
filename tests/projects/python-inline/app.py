# /// script
# requires-python = ">=3.13"
# dependencies = [
#     "starlette>=1.0",
#     "uvicorn",
# ]
# ///
import uvicorn
from starlette.applications import Starlette

app = Starlette()

if __name__ == "__main__":
    uvicorn.run(app, host="0.0.0.0", port=9000)
