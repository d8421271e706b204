"""The door for programs that speak ODK Central (/v1) and OData: pyodk, Excel, Power BI."""
