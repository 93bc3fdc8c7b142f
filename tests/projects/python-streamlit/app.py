import streamlit as st

st.title('It works')
