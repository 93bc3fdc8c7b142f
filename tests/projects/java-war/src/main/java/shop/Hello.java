package shop;

import javax.servlet.http.HttpServlet;

public class Hello extends HttpServlet {}
