package shop;

class Core {}
