"""Sales, shown."""

from pathlib import Path

import pandas
import streamlit

HERE = Path(__file__).parent

streamlit.title("Sales")
sales = pandas.read_csv(HERE / "data" / "sales.csv")
streamlit.bar_chart(sales, x="month", y="sold")
