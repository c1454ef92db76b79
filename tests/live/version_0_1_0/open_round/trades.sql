BEGIN TRANSACTION;
CREATE TABLE "KeyValueStore" (
	id INTEGER NOT NULL, 
	"key" VARCHAR(50) NOT NULL, 
	value_type VARCHAR(20) NOT NULL, 
	string_value VARCHAR(255), 
	datetime_value DATETIME, 
	float_value DOUBLE, 
	int_value INTEGER, 
	PRIMARY KEY (id)
);
INSERT INTO "KeyValueStore" VALUES(1,'rebalance.state.a.0','str','{"period":null,"origin":"2026-11-26T01:29:58.516000Z","served":0,"last_start":"2026-11-26T01:29:59.617529Z","seen":["BTC","ETH"],"failures":0,"asked":null,"again":null,"targets":{"BTC":0.5,"ETH":0.3,"USDT":0.2},"number":2,"round":{"number":1,"reason"',NULL,NULL,NULL);
INSERT INTO "KeyValueStore" VALUES(2,'rebalance.state.a.1','str',':{"cause":"threshold","asset":"BTC","drift":0.044951592413704056},"started":"2026-11-26T01:29:59.617529Z","ordered_at":null,"destination":{"BTC":0.5,"ETH":0.3,"USDT":0.2},"members":["BTC","ETH"],"goals":{"BTC":[0.4119855,0.0],"ETH":[0.0,30.2219110199',NULL,NULL,NULL);
INSERT INTO "KeyValueStore" VALUES(3,'rebalance.state','str','b 6 a507a003',NULL,NULL,NULL);
INSERT INTO "KeyValueStore" VALUES(4,'wallet_history_migration','int',NULL,NULL,NULL,1);
INSERT INTO "KeyValueStore" VALUES(5,'wallet_history_migration_date','datetime',NULL,'2026-11-26 01:29:56.606699',NULL,NULL);
INSERT INTO "KeyValueStore" VALUES(6,'bot_start_time','datetime',NULL,'2026-11-26 01:29:56.641320',NULL,NULL);
INSERT INTO "KeyValueStore" VALUES(7,'startup_time','datetime',NULL,'2026-11-26 01:29:56.651107',NULL,NULL);
INSERT INTO "KeyValueStore" VALUES(8,'rebalance.flow.1','str','2026-11-26T01:29:57.187824+00:00 1000.0',NULL,NULL,NULL);
INSERT INTO "KeyValueStore" VALUES(9,'rebalance.state.b.0','str','{"period":null,"origin":"2026-11-26T01:29:58.516000Z","served":0,"last_start":"2026-11-26T01:29:59.617529Z","seen":["BTC","ETH"],"failures":0,"asked":null,"again":null,"targets":{"BTC":0.5,"ETH":0.3,"USDT":0.2},"number":2,"round":{"number":1,"reason"',NULL,NULL,NULL);
INSERT INTO "KeyValueStore" VALUES(10,'rebalance.state.b.1','str',':{"cause":"threshold","asset":"BTC","drift":0.044951592413704056},"started":"2026-11-26T01:29:59.617529Z","ordered_at":"2026-11-26T01:29:59.980885Z","destination":{"BTC":0.5,"ETH":0.3,"USDT":0.2},"members":["BTC","ETH"],"goals":{"BTC":[0.4119855,0.0]',NULL,NULL,NULL);
INSERT INTO "KeyValueStore" VALUES(11,'rebalance.state.b.2','str',',"ETH":[0.0,30.221911019999997]},"tries":1},"version":1,"bot":"0.1.0","mark":"rb-3a4f0405-","dry_run":false,"at":"2026-11-26T01:29:59.980885+00:00","intents":[{"asset":"BTC","side":"sell","size":0.4119855,"at":"2026-11-26T01:29:59.980885Z","tag":"r1 ',NULL,NULL,NULL);
INSERT INTO "KeyValueStore" VALUES(12,'rebalance.state.a.2','str','99997]},"tries":1},"version":1,"bot":"0.1.0","mark":"rb-3a4f0405-","dry_run":false,"at":"2026-11-26T01:29:59.617529+00:00","intents":[],"paused":null,"stopped":null,"hands_off":[],"leaving":[],"resumed_at":null,"spare":{},"book":{"expected":200.63950',NULL,NULL,NULL);
INSERT INTO "KeyValueStore" VALUES(13,'rebalance.state.a.3','str','195,"invested":1000.0,"last_order":2,"investment":null,"missing":0.0},"flows":1,"opening":{"nav":1098.970868014,"weights":{"BTC":0.5449515924137041,"ETH":0.2724780521840778,"USDT":0.18257035540221803},"prices":{"BTC":120.005,"ETH":10.000499999999999}',NULL,NULL,NULL);
INSERT INTO "KeyValueStore" VALUES(14,'rebalance.state.a.4','str',',"planned":{"BTC":-49.4403199275,"ETH":30.221911019999997},"left_out":[]},"cash":200.63950195,"nav":1098.970868014,"weights":{"BTC":0.5449515924137041,"ETH":0.2724780521840778,"USDT":0.18257035540221803},"prices":{"BTC":120.005,"ETH":10.0004999999999',NULL,NULL,NULL);
INSERT INTO "KeyValueStore" VALUES(15,'rebalance.state.b.3','str','threshold BTC +4.5pp","after":2}],"paused":null,"stopped":null,"hands_off":[],"leaving":[],"resumed_at":null,"spare":{},"book":{"expected":200.63950195,"invested":1000.0,"last_order":2,"investment":null,"missing":0.0},"flows":1,"opening":{"nav":1098.',NULL,NULL,NULL);
INSERT INTO "KeyValueStore" VALUES(16,'rebalance.state.b.4','str','970868014,"weights":{"BTC":0.5449515924137041,"ETH":0.2724780521840778,"USDT":0.18257035540221803},"prices":{"BTC":120.005,"ETH":10.000499999999999},"planned":{"BTC":-49.4403199275,"ETH":30.221911019999997},"left_out":[]},"cash":200.63950195,"nav":10',NULL,NULL,NULL);
INSERT INTO "KeyValueStore" VALUES(17,'rebalance.state.b.5','str','98.970868014,"weights":{"BTC":0.5449515924137041,"ETH":0.2724780521840778,"USDT":0.18257035540221803},"prices":{"BTC":120.005,"ETH":10.000499999999999},"checked_at":"2026-11-26T01:29:59.617529Z"}',NULL,NULL,NULL);
INSERT INTO "KeyValueStore" VALUES(18,'rebalance.state.a.5','str','99},"checked_at":"2026-11-26T01:29:59.617529Z"}',NULL,NULL,NULL);
CREATE TABLE orders (
	id INTEGER NOT NULL, 
	ft_trade_id INTEGER NOT NULL, 
	ft_order_side VARCHAR(25) NOT NULL, 
	ft_pair VARCHAR(25) NOT NULL, 
	ft_is_open BOOLEAN NOT NULL, 
	ft_amount FLOAT NOT NULL, 
	ft_price FLOAT NOT NULL, 
	ft_cancel_reason VARCHAR(255), 
	order_id VARCHAR(255) NOT NULL, 
	status VARCHAR(255), 
	symbol VARCHAR(25), 
	order_type VARCHAR(50), 
	side VARCHAR(25), 
	price FLOAT, 
	average FLOAT, 
	amount FLOAT, 
	filled FLOAT, 
	remaining FLOAT, 
	cost FLOAT, 
	stop_price FLOAT, 
	order_date DATETIME, 
	order_filled_date DATETIME, 
	order_update_date DATETIME, 
	funding_fee FLOAT, 
	ft_fee_base FLOAT, 
	ft_order_tag VARCHAR(255), 
	PRIMARY KEY (id), 
	CONSTRAINT _order_pair_order_id UNIQUE (ft_pair, order_id), 
	FOREIGN KEY(ft_trade_id) REFERENCES trades (id)
);
INSERT INTO "orders" VALUES(1,1,'buy','BTC/USDT',0,4.99550363730626845182e+00,100.01,NULL,'1','closed','BTC/USDT','market','buy',1.00009999998798917888e+02,1.00009999998798917888e+02,4.9955036,4.9955036,0.0,499.60031503,NULL,'2026-11-26 01:29:57.899000','2026-11-26 01:29:57.900000','2026-11-26 01:29:58.089018',0.0,0.0049955,'r0 initial');
INSERT INTO "orders" VALUES(2,2,'buy','ETH/USDT',0,2.99730214238576095917e+01,10.001,NULL,'2','closed','ETH/USDT','market','buy',1.0000999999966635912e+01,1.0000999999966635912e+01,29.973021,29.973021,0.0,299.76018302,NULL,'2026-11-26 01:29:58.516000','2026-11-26 01:29:58.516000','2026-11-26 01:29:58.557477',0.0,0.02997302,'r0 initial');
INSERT INTO "orders" VALUES(3,1,'sell','BTC/USDT',0,0.4119855,120.0,NULL,'3','closed','BTC/USDT','market','sell',120.0,120.0,0.4119855,0.4119855,0.0,49.43826,NULL,'2026-11-26 01:30:00.121000','2026-11-26 01:30:00.121000','2026-11-26 01:30:00.136286',NULL,NULL,'r1 threshold BTC +4.5pp');
CREATE TABLE pairlocks (
	id INTEGER NOT NULL, 
	pair VARCHAR(25) NOT NULL, 
	side VARCHAR(25) NOT NULL, 
	reason VARCHAR(255), 
	lock_time DATETIME NOT NULL, 
	lock_end_time DATETIME NOT NULL, 
	active BOOLEAN NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE trade_custom_data (
	id INTEGER NOT NULL, 
	ft_trade_id INTEGER, 
	cd_key VARCHAR(255) NOT NULL, 
	cd_type VARCHAR(25) NOT NULL, 
	cd_value TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME, 
	PRIMARY KEY (id), 
	CONSTRAINT _trade_id_cd_key UNIQUE (ft_trade_id, cd_key), 
	FOREIGN KEY(ft_trade_id) REFERENCES trades (id)
);
CREATE TABLE trades (
	id INTEGER NOT NULL, 
	exchange VARCHAR(25) NOT NULL, 
	pair VARCHAR(25) NOT NULL, 
	base_currency VARCHAR(25), 
	stake_currency VARCHAR(25), 
	is_open BOOLEAN NOT NULL, 
	fee_open FLOAT NOT NULL, 
	fee_open_cost FLOAT, 
	fee_open_currency VARCHAR(25), 
	fee_close FLOAT NOT NULL, 
	fee_close_cost FLOAT, 
	fee_close_currency VARCHAR(25), 
	open_rate FLOAT NOT NULL, 
	open_rate_requested FLOAT, 
	open_trade_value FLOAT, 
	close_rate FLOAT, 
	close_rate_requested FLOAT, 
	realized_profit FLOAT, 
	close_profit FLOAT, 
	close_profit_abs FLOAT, 
	stake_amount FLOAT NOT NULL, 
	max_stake_amount FLOAT, 
	amount FLOAT NOT NULL, 
	amount_requested FLOAT, 
	open_date DATETIME NOT NULL, 
	close_date DATETIME, 
	stop_loss FLOAT, 
	stop_loss_pct FLOAT, 
	initial_stop_loss FLOAT, 
	initial_stop_loss_pct FLOAT, 
	is_stop_loss_trailing BOOLEAN NOT NULL, 
	max_rate FLOAT, 
	min_rate FLOAT, 
	exit_reason VARCHAR(255), 
	exit_order_status VARCHAR(100), 
	strategy VARCHAR(100), 
	enter_tag VARCHAR(255), 
	timeframe INTEGER, 
	trading_mode VARCHAR(7), 
	amount_precision FLOAT, 
	price_precision FLOAT, 
	precision_mode INTEGER, 
	precision_mode_price INTEGER, 
	contract_size FLOAT, 
	leverage FLOAT, 
	is_short BOOLEAN NOT NULL, 
	liquidation_price FLOAT, 
	interest_rate FLOAT NOT NULL, 
	funding_fees FLOAT, 
	funding_fee_running FLOAT, 
	record_version INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "trades" VALUES(1,'binance','BTC/USDT','BTC','USDT',1,0.001,4.99100715075006085008e-01,'BTC',0.001,NULL,NULL,100.01,100.01,499.599815796081,NULL,120.0,0.0,NULL,NULL,4.99100715075006064582e+02,4.99100715075006064582e+02,4.9905081,4.99550363730626845182e+00,'2026-11-26 01:29:57.909232',NULL,0.0,-1.0,0.0,-1.0,0,120.0,100.01,'r1 threshold BTC +4.5pp','','SmartRebalance','r0 initial',240,'SPOT',1.0e-07,0.01,4,4,1.0,1.0,0,NULL,0.0,0.0,0.0,2);
INSERT INTO "trades" VALUES(2,'binance','ETH/USDT','ETH','USDT',1,0.001,0.299460422846981,'ETH',0.001,NULL,NULL,10.001,10.001,299.759873460047,NULL,NULL,0.0,NULL,NULL,299.460422846981,299.460422846981,29.943047,2.99730214238576095917e+01,'2026-11-26 01:29:58.524529',NULL,0.0,-1.0,0.0,-1.0,0,10.001,10.0,NULL,NULL,'SmartRebalance','r0 initial',240,'SPOT',1.0e-06,0.001,4,4,1.0,1.0,0,NULL,0.0,0.0,0.0,2);
CREATE TABLE wallet_history (
	id INTEGER NOT NULL, 
	timestamp DATETIME NOT NULL, 
	currency VARCHAR(25) NOT NULL, 
	rate FLOAT, 
	quote_currency VARCHAR(25) NOT NULL, 
	balance FLOAT NOT NULL, 
	total_quote FLOAT, 
	total_position_value FLOAT, 
	collateral FLOAT, 
	leverage FLOAT NOT NULL, 
	bot_managed BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT unique_wallet_daily UNIQUE (timestamp, currency)
);
CREATE INDEX "ix_KeyValueStore_key" ON "KeyValueStore" ("key");
CREATE INDEX ix_trades_is_open ON trades (is_open);
CREATE INDEX ix_trades_pair ON trades (pair);
CREATE INDEX ix_pairlocks_pair ON pairlocks (pair);
CREATE INDEX ix_pairlocks_lock_end_time ON pairlocks (lock_end_time);
CREATE INDEX ix_pairlocks_active ON pairlocks (active);
CREATE INDEX ix_wallet_history_timestamp ON wallet_history (timestamp);
CREATE INDEX ix_trade_custom_data_ft_trade_id ON trade_custom_data (ft_trade_id);
CREATE INDEX ix_orders_ft_trade_id ON orders (ft_trade_id);
CREATE INDEX ix_orders_order_id ON orders (order_id);
CREATE INDEX ix_orders_ft_is_open ON orders (ft_is_open);
COMMIT;
