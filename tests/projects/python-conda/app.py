import pandas
from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    return {"pandas": pandas.__version__}
