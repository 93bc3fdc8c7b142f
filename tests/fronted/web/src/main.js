const answer = await fetch("/api/greeting");
document.getElementById("greeting").textContent = (await answer.json()).url;
